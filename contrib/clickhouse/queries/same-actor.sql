-- The same actor weakened the firewalls of several hosts. An actor is an SSH peer, a login, a script by its hash, or a program by
-- its hash; a program that half of all hosts used for their firewalls before the time asked for is a tool and no actor (nft).
--   hosts: how many there have to be · hours: how far back
WITH
{now:DateTime64(9, 'UTC')} - toIntervalHour({hours:UInt32}) AS since,
(SELECT uniqExact(host_id) FROM wallwatch.events WHERE ts <= {now:DateTime64(9, 'UTC')}) AS all_hosts,
tools AS
(
    SELECT executable_sha256 AS sha256
    FROM wallwatch.events
    WHERE action = 'firewall-changed' AND executable_sha256 != '' AND ts < since
    GROUP BY executable_sha256
    HAVING uniqExact(host_id) * 2 >= all_hosts
),
weakened AS
(
    SELECT host_id, host, ts, rule_id, command_line,
           arrayJoin([('ssh peer', source_ip, source_ip), ('login', login, login), ('script', script_sha256, script),
                      ('program', executable_sha256, executable)]) AS actor
    FROM wallwatch.events
    WHERE action = 'firewall-alert' AND alert_state != 'resolved' AND ts > since AND ts <= {now:DateTime64(9, 'UTC')}
)
SELECT actor.1 AS kind, actor.2 AS value, any(actor.3) AS name, uniqExact(host_id) AS hosts, arraySort(groupUniqArray(host)) AS which,
       min(ts) AS first, max(ts) AS last, arraySort(groupUniqArray(rule_id)) AS rules, any(command_line) AS example
FROM weakened
WHERE value != '' AND NOT (kind = 'program' AND value IN (SELECT sha256 FROM tools))
GROUP BY kind, value
HAVING hosts >= {hosts:UInt32}
ORDER BY hosts DESC, kind, value
