-- What is concluded about the repositories that provide paths.

-- One row a repository and path that it provides: when changes landed on its default branch, and from where each
-- came. Whose they were is not kept. Its history is known from begins to ends.
CREATE TABLE IF NOT EXISTS contributions
(
    generation  UInt64,
    repo        UInt64,
    path        LowCardinality(String),
    provided_by Array(String),
    begins      DateTime('UTC'),
    ends        DateTime('UTC'),
    landed      Array(DateTime('UTC')) CODEC(ZSTD(1)),
    came_from   Array(Enum8('platform' = 1, 'outside' = 2, 'automated' = 3, 'unknown' = 4)) CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (path, repo);

-- The globs of the repositories that provide a path.
ALTER TABLE paths ADD COLUMN IF NOT EXISTS provided_by Array(String);
