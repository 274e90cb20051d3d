-- Who changed a host's firewall for the first time on that host. `new`: a program, with its script, by their paths. `other file`: the
-- program is known by its path, and what lies there has another hash than before: an upgrade, or another program. Only of hosts
-- that are known for long enough to have habits. `other_hosts`: on how many others it was seen before; 0 is the rarest.
--   hours: how far back is new · days: how long a host has to be known
WITH
{now:DateTime64(9, 'UTC')} - toIntervalHour({hours:UInt32}) AS since,
changes AS
(
    SELECT host_id, events.host AS host, events.ts AS ts, executable, executable_sha256, script, command_line, events.user AS user
    FROM wallwatch.events AS events
    WHERE action = 'firewall-changed' AND is_host_netns AND executable != '' AND events.ts <= {now:DateTime64(9, 'UTC')}
),
known AS
(
    SELECT host_id FROM wallwatch.events
    GROUP BY host_id
    HAVING min(ts) <= since - toIntervalDay({days:UInt32})
),
-- A hash is not on every line: it is left out where reading the file took too long. So it decides nothing where it is absent.
seen AS
(
    SELECT 'new' AS kind, host_id, any(host) AS on_host, executable, script, '' AS sha256, min(ts) AS first,
           argMin(command_line, ts) AS example, argMin(user, ts) AS by_user
    FROM changes
    GROUP BY host_id, executable, script
    UNION ALL
    SELECT 'other file' AS kind, host_id, any(host) AS on_host, executable, '' AS script, executable_sha256 AS sha256, min(ts) AS first,
           argMin(command_line, ts) AS example, argMin(user, ts) AS by_user
    FROM changes
    WHERE executable_sha256 != ''
    GROUP BY host_id, executable, executable_sha256
),
ranked AS
(
    SELECT *, row_number() OVER (PARTITION BY kind, host_id, executable ORDER BY first) AS nth
    FROM seen
)
SELECT kind, on_host AS host, first, executable, script, sha256, by_user AS user, example,
       (uniqExactIf(old.host_id, old.host_id != new.host_id AND old.first < new.first)) AS other_hosts
FROM ranked AS new
LEFT JOIN (SELECT kind, executable, script, sha256, host_id, first FROM seen) AS old
    ON old.kind = new.kind AND old.executable = new.executable AND old.script = new.script AND old.sha256 = new.sha256
WHERE new.first > since AND new.host_id IN (SELECT host_id FROM known)
  -- The first file that was ever seen there is no other one.
  AND (new.kind = 'new' OR new.nth > 1)
GROUP BY kind, host, new.first, executable, script, sha256, user, example
ORDER BY other_hosts, first, executable, script
