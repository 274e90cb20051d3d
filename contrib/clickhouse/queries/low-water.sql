-- How low the protection of each host's own namespace sank, beside how high it stood before: effective rules, those that can still
-- meet a packet. One row per host that sank below the share asked for; `low_by` is who made the change after which it stood there.
--   days: how far back · percent: the share of the high-water mark
SELECT host_id, any(events.host) AS name, max(effective_after) AS high, min(effective_min) AS low,
       argMin(events.ts, (effective_min, events.ts)) AS low_at, argMin(events.executable, (effective_min, events.ts)) AS low_by,
       argMax(effective_after, (events.ts, sequence)) AS now_effective
FROM wallwatch.events AS events
WHERE is_host_netns AND effective_after IS NOT NULL AND action IN ('firewall-changed', 'model-drift', 'firewall-state')
  AND events.ts > {now:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt32}) AND events.ts <= {now:DateTime64(9, 'UTC')}
GROUP BY host_id
HAVING low * 100 < high * {percent:UInt32}
ORDER BY low / high, name
