-- metrics/clickhouse/schema/0014_configured.sql
-- Which sources are configured. One that was taken out says nothing more of what other sources tell of.

-- The full list, each time that a scan found another one than before.
CREATE TABLE IF NOT EXISTS configured
(
    at      DateTime('UTC'),
    sources Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree
ORDER BY at;

-- Sources that brought repositories and are not configured any more: none where no scan said yet which are.
CREATE VIEW IF NOT EXISTS retired AS
SELECT DISTINCT repos.source AS source
FROM repos
WHERE (SELECT count() FROM configured) > 0
    AND NOT has((SELECT argMax(configured.sources, configured.at) FROM configured), repos.source);

-- Which repositories every source that had them found to be there no more, and when the last one did: the first whole
-- listing behind the last time that the source saw them. A retired source is asked only where it alone had them.
DROP VIEW IF EXISTS repos_gone;

CREATE VIEW IF NOT EXISTS repos_gone AS
SELECT
    lost.repo AS repo,
    if(countIf(NOT lost.retired) > 0, maxIf(lost.at, NOT lost.retired), max(lost.at)) AS at
FROM
(
    SELECT
        newest.repo AS repo,
        newest.source AS source,
        newest.source IN (SELECT retired.source FROM retired) AS retired,
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
HAVING if(countIf(NOT lost.retired) > 0, minIf(lost.at, NOT lost.retired), min(lost.at)) > toDateTime(0, 'UTC');
