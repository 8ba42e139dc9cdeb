-- Packs of runs in parts of eight terms, which are two years: with a part for every term it took longer to read the runs of some
-- repositories than those of all. The newest part alone is written to, so that the others need no merging when they are read.
DROP TABLE IF EXISTS run_packs_of_terms;

CREATE TABLE run_packs_of_terms
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
PARTITION BY intDiv(term, 8)
ORDER BY (repo, term)
SETTINGS index_granularity = 128; -- some repositories are read without all the others

INSERT INTO run_packs_of_terms SELECT * FROM run_packs SETTINGS max_threads = 1, max_block_size = 8192, min_insert_block_size_bytes = 33554432;

EXCHANGE TABLES run_packs AND run_packs_of_terms;

DROP TABLE run_packs_of_terms;
