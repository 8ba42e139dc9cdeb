-- unread: how many repositories had the newest full list of each source that are in other parts than the one that was read
-- then, and that no scan ever read?
SELECT
    listed.source AS source,
    any(listed.others) AS others,
    countIf(known.repo != 0 AND known.repo % listed.shards != listed.shard - 1) AS had
FROM
(
    SELECT
        listings.source AS source,
        argMax(listings.shard, (listings.at, listings.shards, listings.shard)) AS shard,
        argMax(greatest(listings.shards, 1), (listings.at, listings.shards, listings.shard)) AS shards,
        argMax(listings.others, (listings.at, listings.shards, listings.shard)) AS others
    FROM listings
    WHERE listings.full
        AND listings.source NOT IN (SELECT retired.source FROM retired)
    GROUP BY listings.source
    HAVING others > 0
) AS listed
LEFT JOIN
(
    SELECT DISTINCT
        repos.source AS source,
        repos.id AS repo
    FROM repos
    WHERE repos.id NOT IN (SELECT repos_gone.repo FROM repos_gone)
) AS known
    ON known.source = listed.source
GROUP BY listed.source
ORDER BY source
