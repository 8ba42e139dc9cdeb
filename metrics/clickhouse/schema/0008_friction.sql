-- What the questions about friction need to know of runs, and of births.

-- Runs on default branches that succeeded or failed, and of them only how: far fewer rows than all runs, and narrow
-- ones. Sums by day would be smaller still, but runs are seen several times, so that they would not stay right, and
-- what a repository used is asked for at the moment of each run. That a run ended is only taken back by how it ends
-- next. Runs of which no duration is known have the largest number of seconds.
CREATE TABLE IF NOT EXISTS run_ends
(
    repo     UInt64 CODEC(ZSTD(1)),
    created  DateTime('UTC') CODEC(Delta, ZSTD(1)),
    id       UInt64 CODEC(Delta, ZSTD(1)),
    attempt  UInt16,
    workflow LowCardinality(String),
    finished DateTime('UTC') CODEC(Delta, ZSTD(1)),
    seconds  UInt32 CODEC(ZSTD(1)),
    ok       Bool,
    seen     DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, created, id, attempt);

CREATE MATERIALIZED VIEW IF NOT EXISTS run_ends_of_runs TO run_ends AS
SELECT
    runs.repo AS repo,
    runs.created AS created,
    runs.id AS id,
    runs.attempt AS attempt,
    runs.workflow AS workflow,
    if(runs.finished > 0, runs.finished, greatest(runs.created, runs.started)) AS finished,
    if(runs.started > 0 AND runs.finished >= runs.started, toUInt32(runs.finished) - toUInt32(runs.started), toUInt32(4294967295)) AS seconds,
    runs.outcome = 'success' AS ok,
    runs.seen AS seen
FROM runs
WHERE runs.on_default
    AND runs.outcome IN ('success', 'failure');

-- Those that were there before.
INSERT INTO run_ends
SELECT
    runs.repo,
    runs.created,
    runs.id,
    runs.attempt,
    runs.workflow,
    if(runs.finished > 0, runs.finished, greatest(runs.created, runs.started)),
    if(runs.started > 0 AND runs.finished >= runs.started, toUInt32(runs.finished) - toUInt32(runs.started), toUInt32(4294967295)),
    runs.outcome = 'success',
    runs.seen
FROM runs
WHERE runs.on_default
    AND runs.outcome IN ('success', 'failure');

-- Within how many seconds after its first commit a repository decides whether it is born on a path.
ALTER TABLE paths ADD COLUMN IF NOT EXISTS born_within UInt32 DEFAULT 604800;
