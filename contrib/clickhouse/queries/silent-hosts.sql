-- Hosts that say nothing any more. `health` has to be in output.emit and state.interval be a known beat ("5m"): then silence is
-- a sign. `stopped` ended in order, and said so; `silent` did not: the collector or its shipper was ended, cut off or stopped.
--   seconds: how long is too long (twice the beat)
SELECT host_id, any(host) AS name, max(ts) AS last, argMax(action, (ts, sequence)) AS last_action,
       if(last_action = 'collector-stopped', 'stopped', 'silent') AS state,
       argMax(reason, (ts, sequence)) AS last_reason,
       dateDiff('second', last, {now:DateTime64(9, 'UTC')}) AS silent_seconds
FROM wallwatch.events
WHERE ts <= {now:DateTime64(9, 'UTC')}
GROUP BY host_id
HAVING silent_seconds > {seconds:UInt32}
ORDER BY state, last
