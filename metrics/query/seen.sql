-- seen: when did the last scan begin that listed the whole of each part of the repositories, of one source or of all?
SELECT
    scans.source AS source,
    scans.shard AS shard,
    scans.shards AS shards,
    max(scans.began) AS began
FROM scans FINAL
WHERE scans.listed
GROUP BY
    scans.source,
    scans.shard,
    scans.shards
ORDER BY
    source,
    shards,
    shard
