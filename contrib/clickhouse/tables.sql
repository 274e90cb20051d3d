-- ClickHouse tables for the lines of wallwatch, of one host or of thousands.
--
--   clickhouse-client --multiquery < contrib/clickhouse/tables.sql
--   clickhouse-client --query 'INSERT INTO wallwatch.lines FORMAT LineAsString' < events.jsonl
--
-- Lines go into `lines`, which keeps nothing: one view takes those that are ours to `events`, another the rest to `rejected`.
-- So a line that is cut or foreign never takes a whole INSERT with it.

CREATE DATABASE IF NOT EXISTS wallwatch;

CREATE TABLE IF NOT EXISTS wallwatch.lines (raw String) ENGINE = Null;

CREATE TABLE IF NOT EXISTS wallwatch.rejected
(
    received DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    raw String CODEC(ZSTD(3))
)
ENGINE = MergeTree ORDER BY received TTL toDateTime(received) + INTERVAL 30 DAY;

-- A shipper that sends again what it is not sure of is normal: lines with the same key are one after a merge, and the queries
-- ask so that a line that stands twice counts once. `event_id` is in the key because after a crash of the machine a few
-- sequence numbers may come again (docs/architecture.md).
CREATE TABLE IF NOT EXISTS wallwatch.events
(
    ts DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    host_id LowCardinality(String),
    host LowCardinality(String),
    agent_id LowCardinality(String),
    run_id LowCardinality(String),
    event_id String,
    sequence UInt64 CODEC(Delta, ZSTD(1)),
    action LowCardinality(String),
    outcome LowCardinality(String),
    reason String,
    -- The firewall: of a change, a state or an incident, the namespace and what protects after it. NULL where a line has none.
    netns LowCardinality(String),
    is_host_netns Bool,
    effective_before Nullable(Int64),
    effective_after Nullable(Int64),
    effective_min Nullable(Int64),
    attributed Bool,
    covered_by LowCardinality(String),
    -- The incident.
    rule_id LowCardinality(String),
    alert_id String,
    alert_state LowCardinality(String),
    severity UInt8,
    -- Who.
    executable String,
    executable_sha256 String,
    script String,
    script_sha256 String,
    command_line String,
    user LowCardinality(String),
    login LowCardinality(String),
    entry LowCardinality(String),
    source_ip String,
    -- All of it. A query finds any other field with JSONExtract...(raw, 'wallwatch', 'change', ...).
    raw String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (host_id, agent_id, sequence, event_id)
TTL toDateTime(ts) + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS wallwatch.lines_to_events TO wallwatch.events AS
WITH
    JSONExtractRaw(raw, 'event') AS event,
    JSONExtractRaw(raw, 'host') AS host_part,
    JSONExtractRaw(raw, 'agent') AS agent,
    JSONExtractRaw(raw, 'process') AS process,
    JSONExtractRaw(raw, 'wallwatch') AS ours,
    JSONExtractString(event, 'action') AS event_action,
    -- The one part that says what protects: of a change, of a state, of an incident.
    multiIf(JSONHas(ours, 'change'), JSONExtractRaw(ours, 'change'),
            JSONHas(ours, 'state'), JSONExtractRaw(ours, 'state'),
            JSONHas(ours, 'alert'), JSONExtractRaw(ours, 'alert'), '{}') AS part,
    JSONExtractRaw(part, 'effective_rules') AS effective
SELECT
    parseDateTime64BestEffort(JSONExtractString(raw, '@timestamp'), 9, 'UTC') AS ts,
    JSONExtractString(host_part, 'id') AS host_id,
    JSONExtractString(host_part, 'hostname') AS host,
    JSONExtractString(agent, 'id') AS agent_id,
    JSONExtractString(agent, 'ephemeral_id') AS run_id,
    JSONExtractString(event, 'id') AS event_id,
    JSONExtractUInt(event, 'sequence') AS sequence,
    event_action AS action,
    JSONExtractString(event, 'outcome') AS outcome,
    JSONExtractString(event, 'reason') AS reason,
    JSONExtractString(part, 'netns', 'id') AS netns,
    JSONExtractBool(part, 'netns', 'is_host') AS is_host_netns,
    -- A state says one number; a change and an incident say before, after and the least in between.
    JSONExtract(effective, 'before', 'Nullable(Int64)') AS effective_before,
    coalesce(JSONExtract(effective, 'after', 'Nullable(Int64)'), JSONExtract(part, 'effective_rules', 'Nullable(Int64)')) AS effective_after,
    coalesce(JSONExtract(effective, 'min', 'Nullable(Int64)'), effective_after) AS effective_min,
    JSONExtractBool(part, 'attributed') AS attributed,
    JSONExtractString(ours, 'covered_by', 'kind') AS covered_by,
    JSONExtractString(raw, 'rule', 'id') AS rule_id,
    JSONExtractString(ours, 'alert', 'id') AS alert_id,
    JSONExtractString(ours, 'alert', 'state') AS alert_state,
    JSONExtractUInt(event, 'severity') AS severity,
    JSONExtractString(process, 'executable') AS executable,
    JSONExtractString(process, 'hash', 'sha256') AS executable_sha256,
    JSONExtractString(ours, 'process', 'script', 'path') AS script,
    JSONExtractString(ours, 'process', 'script', 'sha256') AS script_sha256,
    JSONExtractString(process, 'command_line') AS command_line,
    JSONExtractString(process, 'user', 'name') AS user,
    JSONExtractString(ours, 'login', 'name') AS login,
    JSONExtractString(process, 'entry_leader', 'entry_meta', 'type') AS entry,
    JSONExtractString(process, 'entry_leader', 'entry_meta', 'source', 'ip') AS source_ip,
    raw
FROM wallwatch.lines
WHERE isValidJSON(raw) AND JSONExtractString(raw, 'event', 'module') = 'wallwatch';

CREATE MATERIALIZED VIEW IF NOT EXISTS wallwatch.lines_to_rejected TO wallwatch.rejected AS
SELECT now64(3, 'UTC') AS received, raw
FROM wallwatch.lines
WHERE NOT (isValidJSON(raw) AND JSONExtractString(raw, 'event', 'module') = 'wallwatch');

-- A row an hour and host, for what is asked of months: heartbeat, lines, the least that protected.
CREATE TABLE IF NOT EXISTS wallwatch.hours
(
    hour DateTime('UTC'),
    host_id LowCardinality(String),
    host SimpleAggregateFunction(anyLast, LowCardinality(String)),
    lines AggregateFunction(uniqExact, String),
    last_ts SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    effective_min SimpleAggregateFunction(min, Nullable(Int64)),
    effective_max SimpleAggregateFunction(max, Nullable(Int64)),
    incidents AggregateFunction(uniqExact, Nullable(String))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (host_id, hour);

CREATE MATERIALIZED VIEW IF NOT EXISTS wallwatch.events_to_hours TO wallwatch.hours AS
SELECT
    toStartOfHour(toDateTime(e.ts, 'UTC')) AS hour,
    e.host_id AS host_id,
    anyLast(e.host) AS host,
    uniqExactState(e.event_id) AS lines,
    max(e.ts) AS last_ts,
    min(if(e.is_host_netns, e.effective_min, NULL)) AS effective_min,
    max(if(e.is_host_netns, e.effective_after, NULL)) AS effective_max,
    uniqExactState(if(e.action = 'firewall-alert', e.alert_id, NULL)) AS incidents
FROM wallwatch.events AS e
GROUP BY hour, host_id;
