-- Packs of runs and times of red as bytes: little-endian numbers of 32 bits, one after the other, which readers take as they
-- are. Lists of millions of numbers take them longer than all that they do with these.

-- The run_ends of a repository that were created in a term of twelve weeks, counted from 1970: in the order of created,
-- each with when it finished, and twice the seconds that it took, one more where it succeeded. One that took 68 years or
-- more took nobody knows how long. Whoever writes runs makes those anew that have news, out of all that is told: a pack
-- of which more is known, or later, has a higher version.
DROP TABLE IF EXISTS run_packs;

CREATE TABLE IF NOT EXISTS run_packs
(
    repo     UInt64 CODEC(ZSTD(1)),
    term     UInt16 CODEC(Delta, ZSTD(1)),
    version  UInt64 CODEC(Delta, ZSTD(1)), -- when anything of it was seen last, and how many runs there are
    green    UInt32 CODEC(ZSTD(1)), -- the first success; 0 for none
    ended    UInt32 CODEC(ZSTD(1)), -- the last
    created  String CODEC(LZ4),
    finished String CODEC(ZSTD(1)), -- which is seldom read
    took     String CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY term % 64
ORDER BY (repo, term)
SETTINGS index_granularity = 128; -- some repositories are read without all the others

-- When workflows of a repository turned red, from the first failure after a success, and when each was green again; 0
-- where it still is red. A scan makes those anew whose version is not that of the packs.
DROP TABLE IF EXISTS run_reds;

CREATE TABLE IF NOT EXISTS run_reds
(
    repo    UInt64,
    version UInt64,
    red     String CODEC(ZSTD(1)),
    green   String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY repo;

-- Those that were there before, some terms after the others: all at once take too much memory. The next scan finds out when
-- they were red.
DROP VIEW IF EXISTS runs_to_pack;

CREATE VIEW runs_to_pack AS
SELECT
    packed.repo AS repo,
    packed.term AS term,
    packed.version AS version,
    packed.green AS green,
    packed.ended AS ended,
    arrayStringConcat(arrayMap(run -> char(run.1, bitShiftRight(run.1, 8), bitShiftRight(run.1, 16), bitShiftRight(run.1, 24)), packed.runs)) AS created,
    arrayStringConcat(arrayMap(run -> char(run.2, bitShiftRight(run.2, 8), bitShiftRight(run.2, 16), bitShiftRight(run.2, 24)), packed.runs)) AS finished,
    arrayStringConcat(arrayMap(run -> char(run.3, bitShiftRight(run.3, 8), bitShiftRight(run.3, 16), bitShiftRight(run.3, 24)), packed.runs)) AS took
FROM
(
    SELECT
        run_ends.repo AS repo,
        toUInt16(intDiv(toUInt32(run_ends.created), 7257600)) AS term,
        bitShiftLeft(toUInt64(toUInt32(max(run_ends.seen))), 32) + count() AS version,
        minIf(toUInt32(run_ends.finished), run_ends.ok) AS green,
        max(toUInt32(run_ends.finished)) AS ended,
        arraySort(groupArray((toUInt32(run_ends.created), toUInt32(run_ends.finished), toUInt32(2 * least(run_ends.seconds, 2147483647) + run_ends.ok)))) AS runs
    FROM run_ends FINAL
    WHERE intDiv(toUInt32(run_ends.created), 7257600) % 16 = {part:UInt8}
    GROUP BY
        run_ends.repo,
        term
) AS packed
SETTINGS do_not_merge_across_partitions_select_final = 1;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 0) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 1) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 2) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 3) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 4) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 5) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 6) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 7) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 8) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 9) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 10) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 11) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 12) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 13) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 14) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

INSERT INTO run_packs SELECT * FROM runs_to_pack(part = 15) SETTINGS max_threads = 1, max_block_size = 8192, max_bytes_before_external_group_by = 100000000;

DROP VIEW IF EXISTS runs_to_pack;
