-- scans: which scans were there, newest first? One that runs and was not heard of for some time was cut off.
SELECT
    scans.id AS id,
    scans.began AS began,
    scans.ended AS ended,
    scans.source AS source,
    scans.shard AS shard,
    scans.shards AS shards,
    scans.listed AS listed,
    scans.complete AS complete,
    scans.repos AS repos,
    scans.unchanged AS unchanged,
    scans.unknown AS unknown,
    scans.changes AS changes,
    scans.requests AS requests,
    scans.points AS points,
    scans.spent_sources AS spent_sources,
    scans.spent_requests AS spent_requests,
    scans.spent_points AS spent_points,
    scans.renamed AS renamed,
    scans.archived AS archived,
    scans.gone AS gone,
    multiIf(scans.state = '', 'done', scans.state = 'running' AND scans.ended < @silent, 'interrupted', scans.state) AS state,
    scans.error AS error,
    scans.resumed AS resumed
FROM scans FINAL
WHERE NOT @continued
    OR (scans.began, scans.id) < (@after_began, @after_id)
ORDER BY
    began DESC,
    id DESC
LIMIT @limit
