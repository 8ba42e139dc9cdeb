-- What hosts told of, by webhooks, until it is worked. A hint is put with done 0; the row that says when it was done
-- takes its place, in whatever order they come. They go after a while: a scan finds what a hint told of by itself.
CREATE TABLE IF NOT EXISTS hints
(
    id      UInt64,
    host    LowCardinality(String),
    repo    String,
    host_id String,
    listing Bool,
    event   LowCardinality(String),
    action  LowCardinality(String),
    at      DateTime('UTC'),
    done    DateTime('UTC')
)
ENGINE = ReplacingMergeTree(done)
ORDER BY id
TTL at + INTERVAL 7 DAY;
