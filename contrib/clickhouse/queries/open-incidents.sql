-- Incidents that were opened and are not resolved, the gravest first.
--   days: how far back
SELECT host_id, any(events.host) AS name, alert_id, argMax(rule_id, (events.ts, sequence)) AS rule, max(events.severity) AS severity,
       min(events.ts) AS opened, argMax(alert_state, (events.ts, sequence)) AS state, argMax(events.reason, (events.ts, sequence)) AS what
FROM wallwatch.events AS events
WHERE action = 'firewall-alert' AND events.ts > {now:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt32}) AND events.ts <= {now:DateTime64(9, 'UTC')}
GROUP BY host_id, alert_id
HAVING state != 'resolved'
ORDER BY severity DESC, opened, name
