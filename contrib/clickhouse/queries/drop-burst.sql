-- The firewalls of several hosts were weakened within a short time: a playbook gone wrong, or somebody who has all of them.
-- One row per burst. An incident counts where it was opened in the host's own namespace; the window slides.
--   hosts: how many there have to be · seconds: within how long
WITH
opened AS
(
    SELECT host_id, any(host) AS host, alert_id, min(ts) AS at, argMin(rule_id, ts) AS rule, argMin(executable, ts) AS program,
           argMin(source_ip, ts) AS ip
    FROM wallwatch.events
    WHERE action = 'firewall-alert' AND alert_state = 'open' AND is_host_netns
      AND rule_id IN ('WW001', 'WW002', 'WW003', 'WW004', 'WW005', 'WW006', 'WW007')
      AND ts > {now:DateTime64(9, 'UTC')} - INTERVAL 7 DAY AND ts <= {now:DateTime64(9, 'UTC')}
    GROUP BY host_id, alert_id
),
-- How many hosts follow within the window, for each incident as its beginning.
counted AS
(
    SELECT *, toUnixTimestamp(toDateTime(at)) AS second,
           uniqExact(host_id) OVER (ORDER BY second RANGE BETWEEN CURRENT ROW AND {seconds:UInt32} FOLLOWING) AS following
    FROM opened
),
-- It belongs to a burst, if it lies in the window of any that has enough.
marked AS
(
    SELECT *, max(following) OVER (ORDER BY second RANGE BETWEEN {seconds:UInt32} PRECEDING AND CURRENT ROW) AS most
    FROM counted
),
numbered AS
(
    SELECT *, sum(begins) OVER (ORDER BY second, host_id, alert_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS burst
    FROM
    (
        SELECT *, second - lagInFrame(second, 1, 0) OVER (ORDER BY second, host_id, alert_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) > {seconds:UInt32} AS begins
        FROM marked
        WHERE most >= {hosts:UInt32}
    )
)
SELECT min(at) AS began, max(at) AS ended, uniqExact(host_id) AS hosts, arraySort(groupUniqArray(host)) AS which,
       arraySort(groupUniqArray(rule)) AS rules, arraySort(groupUniqArray(program)) AS programs,
       arrayFilter(x -> x != '', arraySort(groupUniqArray(ip))) AS source_ips
FROM numbered
GROUP BY burst
ORDER BY began
