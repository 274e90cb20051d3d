-- Lines that are missing: event.sequence rises by one a line, over restarts too, and begins anew only with another agent.id.
-- What came twice or late is no gap. What is lost before the first line and after the last one no gap can tell: for the latter
-- see silent-hosts.sql.
--   settle: seconds that a line may be under way · days: how far back
SELECT host_id, host, agent_id, before + 1 AS first_missing, sequence - 1 AS last_missing, sequence - before - 1 AS missing,
       previous_ts AS after_line_of, ts AS before_line_of
FROM
(
    SELECT host_id, host, agent_id, sequence, ts,
           lagInFrame(sequence, 1, 0) OVER w AS before,
           lagInFrame(ts) OVER w AS previous_ts
    FROM
    (
        SELECT host_id, any(events.host) AS host, agent_id, sequence, max(events.ts) AS ts
        FROM wallwatch.events AS events
        WHERE events.ts > {now:DateTime64(9, 'UTC')} - toIntervalDay({days:UInt32}) AND events.ts <= {now:DateTime64(9, 'UTC')}
        GROUP BY host_id, agent_id, sequence
    )
    WINDOW w AS (PARTITION BY host_id, agent_id ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
WHERE before > 0 AND sequence > before + 1 AND ts < {now:DateTime64(9, 'UTC')} - toIntervalSecond({settle:UInt32})
ORDER BY host, agent_id, first_missing
