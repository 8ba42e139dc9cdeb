-- What code hosts tell beside files and history: what ran, what was deployed, what was proposed, what is imposed,
-- whom repositories are given to. Of several sightings of one thing the newest holds.

-- A pipeline ran. created never changes, so that it may stand before the identity: runs are read by time.
CREATE TABLE IF NOT EXISTS runs
(
    repo        UInt64 CODEC(ZSTD(1)),
    created     DateTime('UTC') CODEC(Delta, ZSTD(1)),
    id          UInt64 CODEC(Delta, ZSTD(1)),
    attempt     UInt16,
    source      LowCardinality(String),
    workflow    LowCardinality(String),
    event       LowCardinality(String),
    branch      String CODEC(ZSTD(1)),
    on_default  Bool,
    imposed     Bool,
    head        String CODEC(ZSTD(1)),
    outcome     Enum8('waiting' = 1, 'running' = 2, 'success' = 3, 'failure' = 4, 'cancelled' = 5, 'skipped' = 6),
    started     DateTime('UTC') CODEC(Delta, ZSTD(1)),
    finished    DateTime('UTC') CODEC(Delta, ZSTD(1)),
    used_kind   Array(LowCardinality(String)) CODEC(ZSTD(1)),
    used_target Array(LowCardinality(String)) CODEC(ZSTD(1)),
    used_file   Array(LowCardinality(String)) CODEC(ZSTD(1)),
    used_ref    Array(LowCardinality(String)) CODEC(ZSTD(1)),
    used_sha    Array(LowCardinality(String)) CODEC(ZSTD(1)),
    seen        DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, created, id, attempt);

-- On which days something ran on default branches, or because of a policy, and what it used; the run itself uses
-- ''. That something began is never taken back, so that rows are only added. What is a hash of all but repo and day:
-- it is sorted and compared in the place of texts.
CREATE TABLE IF NOT EXISTS run_days
(
    repo     UInt64 CODEC(ZSTD(1)),
    what     UInt64 CODEC(ZSTD(1)),
    day      Date CODEC(Delta, ZSTD(1)),
    workflow LowCardinality(String),
    kind     LowCardinality(String),
    target   LowCardinality(String),
    file     LowCardinality(String),
    ref      LowCardinality(String),
    imposed  Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, what, day);

CREATE MATERIALIZED VIEW IF NOT EXISTS run_days_of_runs TO run_days AS
SELECT DISTINCT
    runs.repo AS repo,
    cityHash64(runs.workflow, used, runs.imposed) AS what,
    toDate(runs.created) AS day,
    runs.workflow AS workflow,
    used.1 AS kind,
    used.2 AS target,
    used.3 AS file,
    used.4 AS ref,
    runs.imposed AS imposed
FROM runs
ARRAY JOIN arrayPushFront(arrayZip(runs.used_kind, runs.used_target, runs.used_file, runs.used_ref), ('', '', '', '')) AS used
WHERE runs.outcome IN ('running', 'success', 'failure', 'cancelled')
    AND (runs.on_default OR runs.imposed);

-- All runs of a repository that were created from begins to ends are known; one that is open has no end.
CREATE TABLE IF NOT EXISTS run_windows
(
    repo   UInt64,
    source LowCardinality(String),
    begins DateTime('UTC'),
    ends   DateTime('UTC'),
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, source, begins);

CREATE TABLE IF NOT EXISTS deployments
(
    repo        UInt64 CODEC(ZSTD(1)),
    created     DateTime('UTC') CODEC(Delta, ZSTD(1)),
    id          UInt64 CODEC(Delta, ZSTD(1)),
    source      LowCardinality(String),
    environment LowCardinality(String),
    ref         String CODEC(ZSTD(1)),
    sha         String CODEC(ZSTD(1)),
    outcome     Enum8('waiting' = 1, 'running' = 2, 'success' = 3, 'failure' = 4, 'cancelled' = 5, 'skipped' = 6),
    finished    DateTime('UTC') CODEC(Delta, ZSTD(1)),
    seen        DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, created, id);

-- A change was proposed. Titles are not kept, only what they say the change is.
CREATE TABLE IF NOT EXISTS pulls
(
    repo         UInt64 CODEC(ZSTD(1)),
    number       UInt64 CODEC(Delta, ZSTD(1)),
    source       LowCardinality(String),
    author       UInt64,
    author_kind  Enum8('' = 0, 'human' = 1, 'bot' = 2, 'initiator' = 3),
    created      DateTime('UTC') CODEC(Delta, ZSTD(1)),
    merged       DateTime('UTC') CODEC(Delta, ZSTD(1)),
    closed       DateTime('UTC') CODEC(Delta, ZSTD(1)),
    updated      DateTime('UTC') CODEC(Delta, ZSTD(1)),
    labels       Array(LowCardinality(String)) CODEC(ZSTD(1)),
    head_branch  String CODEC(ZSTD(1)),
    base_branch  LowCardinality(String),
    merge_commit String CODEC(ZSTD(1)),
    squash       String CODEC(ZSTD(1)),
    class        LowCardinality(String),
    assignees    Array(UInt64) CODEC(ZSTD(1)),
    seen         DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, number);

-- A row is the full list of the policies that apply to a repository, as it was seen; an array for each field.
CREATE TABLE IF NOT EXISTS policies
(
    repo   UInt64,
    source LowCardinality(String),
    seen   DateTime('UTC'),
    id     Array(String),
    kind   Array(LowCardinality(String)),
    uses   Array(LowCardinality(String)),
    target Array(LowCardinality(String)),
    file   Array(LowCardinality(String)),
    ref    Array(LowCardinality(String)),
    sha    Array(String),
    since  Array(DateTime('UTC'))
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, source, seen);

-- Of lists in a row by one source that are the same, the first.
CREATE VIEW IF NOT EXISTS policies_turned AS
SELECT
    told.repo AS repo,
    told.source AS source,
    told.seen AS seen,
    told.list AS list
FROM
(
    SELECT
        policies.repo AS repo,
        policies.source AS source,
        policies.seen AS seen,
        arraySort(arrayZip(policies.id, policies.kind, policies.uses, policies.target, policies.file, policies.ref, policies.sha, policies.since)) AS list,
        row_number() OVER in_order = 1 OR lagInFrame(list) OVER in_order != list AS turned
    FROM policies FINAL
    WINDOW in_order AS
    (
        PARTITION BY
            policies.repo,
            policies.source
        ORDER BY policies.seen
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS told
WHERE told.turned;

-- A row is the full list of the teams that a repository is given to, as it was seen.
CREATE TABLE IF NOT EXISTS accesses
(
    repo       UInt64,
    source     LowCardinality(String),
    seen       DateTime('UTC'),
    team       Array(LowCardinality(String)),
    permission Array(Enum8('read' = 1, 'triage' = 2, 'push' = 3, 'maintain' = 4, 'admin' = 5))
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, source, seen);

-- Likewise.
CREATE VIEW IF NOT EXISTS accesses_turned AS
SELECT
    told.repo AS repo,
    told.source AS source,
    told.seen AS seen,
    told.list AS list
FROM
(
    SELECT
        accesses.repo AS repo,
        accesses.source AS source,
        accesses.seen AS seen,
        arraySort(arrayZip(accesses.team, accesses.permission)) AS list,
        row_number() OVER in_order = 1 OR lagInFrame(list) OVER in_order != list AS turned
    FROM accesses FINAL
    WINDOW in_order AS
    (
        PARTITION BY
            accesses.repo,
            accesses.source
        ORDER BY accesses.seen
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS told
WHERE told.turned;

CREATE TABLE IF NOT EXISTS host_teams
(
    ref    LowCardinality(String),
    source LowCardinality(String),
    parent LowCardinality(String),
    name   String,
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (source, ref);

-- A row is the full list of what a host finds wrong with files of a repository; the newest of a source holds.
CREATE TABLE IF NOT EXISTS host_warnings
(
    repo    UInt64,
    source  LowCardinality(String),
    seen    DateTime('UTC'),
    file    Array(LowCardinality(String)),
    line    Array(UInt32),
    column  Array(UInt32),
    message Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, source);

-- What is known of whether what uses a path ran lately; '' where it does not use it, or nothing is known.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS ran Enum8('' = 0, 'idle' = 1, 'ran' = 2);
