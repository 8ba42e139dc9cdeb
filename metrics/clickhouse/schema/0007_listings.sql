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

-- Which repositories every source that had them found to be there no more, and when the last one did: the first whole
-- listing behind the last time that the source saw them.
CREATE VIEW IF NOT EXISTS repos_gone AS
SELECT
    lost.repo AS repo,
    max(lost.at) AS at
FROM
(
    SELECT
        newest.repo AS repo,
        newest.source AS source,
        minIf(listings.at, listings.at > newest.seen AND (listings.shards <= 1 OR newest.repo % greatest(listings.shards, 1) = listings.shard - 1)) AS at
    FROM
    (
        SELECT
            repos.id AS repo,
            repos.source AS source,
            max(repos.seen) AS seen
        FROM repos
        GROUP BY
            repos.id,
            repos.source
    ) AS newest
    LEFT JOIN (SELECT DISTINCT listings.source AS source, listings.shards AS shards, listings.shard AS shard, listings.at AS at FROM listings WHERE listings.whole) AS listings
        ON listings.source = newest.source
    GROUP BY
        newest.repo,
        newest.source
) AS lost
GROUP BY lost.repo
HAVING min(lost.at) > toDateTime(0, 'UTC');
