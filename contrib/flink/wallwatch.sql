-- Apache Flink SQL over the lines in Kafka: what has to be told within seconds, of thousands of hosts. Needs Flink's Kafka SQL connector.
--
-- A line may come five minutes late; what comes later is left out here (and is in ClickHouse all the same).

CREATE TABLE wallwatch_lines (
    `@timestamp` TIMESTAMP_LTZ(3),
    event ROW<action STRING, severity INT>,
    host ROW<id STRING, hostname STRING>,
    rule ROW<id STRING>,
    wallwatch ROW<alert ROW<id STRING, state STRING, netns ROW<is_host BOOLEAN>>>,
    WATERMARK FOR `@timestamp` AS `@timestamp` - INTERVAL '5' MINUTE
) WITH (
    'connector' = 'kafka',
    'topic' = 'wallwatch',
    'properties.bootstrap.servers' = 'kafka-1:9092',
    'properties.group.id' = 'flink-wallwatch',
    'scan.startup.mode' = 'group-offsets',
    'properties.auto.offset.reset' = 'latest',
    'format' = 'json',
    'json.timestamp-format.standard' = 'ISO-8601',
    'json.ignore-parse-errors' = 'true'
);

-- Five hosts or more whose firewall was weakened within ten minutes. The window moves by a minute, so a burst is told more than once.
CREATE VIEW wallwatch_bursts AS
SELECT window_start, window_end, COUNT(DISTINCT host.id) AS hosts
FROM TABLE(HOP(DATA => TABLE wallwatch_lines, TIMECOL => DESCRIPTOR(`@timestamp`), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '10' MINUTE))
WHERE event.action = 'firewall-alert' AND wallwatch.alert.state = 'open' AND wallwatch.alert.netns.is_host
  AND rule.id IN ('WW001', 'WW002', 'WW003', 'WW004', 'WW005', 'WW006', 'WW007')
GROUP BY window_start, window_end
HAVING COUNT(DISTINCT host.id) >= 5;

-- Hosts of which nothing came for a quarter of an hour, with a beat of five minutes: a session of lines ended. `silent_since` is the
-- last line's time; `last_words` is collector-stopped where it was stopped in order.
CREATE VIEW wallwatch_heard AS
SELECT `@timestamp` AS ts, host.id AS host_id, host.hostname AS hostname, event.action AS action FROM wallwatch_lines;

CREATE VIEW wallwatch_silences AS
SELECT host_id, hostname, window_end - INTERVAL '15' MINUTE AS silent_since, LAST_VALUE(action) AS last_words
FROM TABLE(SESSION(TABLE wallwatch_heard PARTITION BY host_id, DESCRIPTOR(ts), INTERVAL '15' MINUTE))
GROUP BY host_id, hostname, window_start, window_end;
