-- Instead of INSERTs: ClickHouse takes the lines from Kafka itself. `tables.sql` first.
--
-- Shippers write each line as one message, with host.id as the key: so the lines of a host stay in order, and partitions can be
-- added. One consumer per partition at most; what a line costs is in docs/fleet.md. RawBLOB takes a message as it is: one that is no
-- line of wallwatch lands in `rejected`.

CREATE TABLE IF NOT EXISTS wallwatch.kafka (raw String)
ENGINE = Kafka
SETTINGS
    kafka_broker_list = 'kafka-1:9092,kafka-2:9092,kafka-3:9092',
    kafka_topic_list = 'wallwatch',
    kafka_group_name = 'clickhouse-wallwatch',
    kafka_format = 'RawBLOB',
    kafka_num_consumers = 2,
    kafka_max_block_size = 65536,
    kafka_flush_interval_ms = 2000;

CREATE MATERIALIZED VIEW IF NOT EXISTS wallwatch.kafka_to_lines TO wallwatch.lines AS
SELECT raw FROM wallwatch.kafka;
