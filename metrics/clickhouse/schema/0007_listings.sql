-- What code hosts say of repositories beside their content, and what was listed when.

-- What a host calls a repository for good, and who can see it. Rows of other sources have neither.
ALTER TABLE repos ADD COLUMN IF NOT EXISTS host_id String;

ALTER TABLE repos ADD COLUMN IF NOT EXISTS visibility LowCardinality(String);

-- A source listed its repositories, and everything in the list was read after. Written last.
CREATE TABLE IF NOT EXISTS listings
(
    source LowCardinality(String),
    shard  UInt16, -- which of so many parts of the repositories; 0 of 0 for all
    shards UInt16,
    at     DateTime('UTC'),
    full   Bool, -- all that there is, rather than what is new
    whole  Bool, -- and to be believed
    repos  UInt32,
    mark   String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (source, shards, shard, at);
