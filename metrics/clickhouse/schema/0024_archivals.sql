-- A repository was archived for a time, and is not any more: rows of repositories tell only how they are now.
CREATE TABLE IF NOT EXISTS archivals
(
    repo   UInt64,
    begins DateTime('UTC'),
    ends   DateTime('UTC'),
    source LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, begins);
