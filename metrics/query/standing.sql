-- standing: how did the newest scan end of each part of the repositories, of one source or of all, newest first, and which
-- sources are configured?
SELECT
    newest.source AS source,
    newest.shard AS shard,
    newest.shards AS shards,
    newest.complete AS complete,
    newest.lacking AS lacking,
    named.sources AS configured
FROM
(
    SELECT
        scans.source AS source,
        scans.shard AS shard,
        scans.shards AS shards,
        max((scans.ended, scans.id)) AS ended,
        argMax(scans.complete, (scans.ended, scans.id)) AS complete,
        argMax(scans.lacking, (scans.ended, scans.id)) AS lacking
    FROM scans
    WHERE scans.state = ''
    GROUP BY
        scans.source,
        scans.shard,
        scans.shards
) AS newest
CROSS JOIN
(
    SELECT argMax(configured.sources, configured.at) AS sources
    FROM configured
) AS named
ORDER BY newest.ended DESC
