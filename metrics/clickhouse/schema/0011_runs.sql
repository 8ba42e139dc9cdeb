-- What questions need to know of runs, in a form in which they can be asked of tens of millions.

-- run_ends once more, in parts of twelve weeks: what a scan tells of lies in one or two of them, and in the others
-- nothing is left to be merged. There are at most 64 parts, whatever times hosts tell.
DROP VIEW IF EXISTS run_ends_of_runs;

DROP TABLE IF EXISTS run_ends;

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
PARTITION BY intDiv(toUInt32(created), 7257600) % 64
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

-- The run_ends of a repository that were created in a term of four weeks, counted from 1970: in the order of created,
-- each with when it finished, and twice the seconds that it took, one more where it succeeded. One that took 68 years or
-- more took nobody knows how long. Whoever writes runs makes those anew that have news, out of all that is told: a pack
-- of which more is known, or later, has a higher version.
CREATE TABLE IF NOT EXISTS run_packs
(
    repo     UInt64 CODEC(ZSTD(1)),
    term     UInt16 CODEC(Delta, ZSTD(1)),
    version  UInt64 CODEC(Delta, ZSTD(1)), -- when anything of it was seen last, and how many runs there are
    green    UInt32 CODEC(ZSTD(1)), -- the first success; 0 for none
    ended    UInt32 CODEC(ZSTD(1)), -- the last
    created  Array(UInt32) CODEC(Delta, ZSTD(1)),
    finished Array(UInt32) CODEC(Delta, ZSTD(1)),
    took     Array(UInt32) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY intDiv(term, 3) % 64
ORDER BY (repo, term);

-- When workflows of a repository turned red, from the first failure after a success, and when each was green again; 0
-- where it still is red. A scan makes those anew whose version is not that of the packs.
CREATE TABLE IF NOT EXISTS run_reds
(
    repo    UInt64,
    version UInt64,
    red     Array(UInt32) CODEC(Delta, ZSTD(1)),
    green   Array(UInt32) CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY repo;

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

INSERT INTO run_packs
SELECT
    packed.repo,
    packed.term,
    packed.version,
    packed.green,
    packed.ended,
    arrayMap(time -> toUInt32(bitShiftRight(time, 32)), arraySort(packed.times)),
    arrayMap(time -> toUInt32(bitAnd(time, 4294967295)), arraySort(packed.times)),
    arraySort((it, time) -> time, packed.took, packed.times)
FROM
(
    SELECT
        run_ends.repo AS repo,
        toUInt16(intDiv(toUInt32(run_ends.created), 2419200)) AS term,
        bitShiftLeft(toUInt64(toUInt32(max(run_ends.seen))), 32) + count() AS version,
        minIf(toUInt32(run_ends.finished), run_ends.ok) AS green,
        max(toUInt32(run_ends.finished)) AS ended,
        groupArray(bitShiftLeft(toUInt64(toUInt32(run_ends.created)), 32) + toUInt32(run_ends.finished)) AS times,
        groupArray(toUInt32(2 * least(run_ends.seconds, 2147483647) + run_ends.ok)) AS took
    FROM run_ends FINAL
    GROUP BY
        run_ends.repo,
        term
) AS packed
SETTINGS
    do_not_merge_across_partitions_select_final = 1,
    max_threads = 1,
    max_bytes_before_external_group_by = 100000000;

INSERT INTO run_reds
SELECT
    turning.repo,
    bitShiftLeft(toUInt64(max(turning.seen)), 32) + sum(turning.runs),
    groupArrayArray(arrayMap(turn -> toUInt32(intDiv(turn.1, 2)), turning.reds)),
    groupArrayArray(arrayMap(turn -> toUInt32(intDiv(turn.2, 2)), turning.reds))
FROM
(
    SELECT
        run_ends.repo AS repo,
        toUInt32(max(run_ends.seen)) AS seen,
        count() AS runs,
        arraySort(groupArray(toUInt64(2) * toUInt32(run_ends.finished) + run_ends.ok)) AS ended,
        arrayFilter((it, before) -> it % 2 != before % 2, ended, arrayPushFront(arrayPopBack(ended), ended[1])) AS turns,
        arrayFilter(turn -> turn.1 % 2 = 0, arrayZip(turns, arrayShiftLeft(turns, 1, toUInt64(0)))) AS reds
    FROM run_ends FINAL
    GROUP BY
        run_ends.repo,
        run_ends.workflow
) AS turning
GROUP BY turning.repo
SETTINGS
    do_not_merge_across_partitions_select_final = 1,
    max_threads = 1,
    max_bytes_before_external_group_by = 100000000;
