-- paths: which paths are there, in the order of the definitions?
SELECT
    paths.key AS path,
    paths.title AS title,
    nullIf(paths.since, toDateTime(0, 'UTC')) AS since,
    paths.ways AS ways,
    paths.team_on_at AS team_on_at
FROM paths
WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
ORDER BY
    paths.position,
    path
LIMIT 1 BY path
