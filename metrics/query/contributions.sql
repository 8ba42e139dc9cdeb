-- contributions: which repositories provide each path, is all known that landed there between two moments, and from
-- where did it come? A path without a known repository has one row without a name. What landed before the launch of
-- the path does not count.
WITH arrayFilter((who, landed) -> landed >= greatest(@from, paths.since) AND landed <= @at, provided.came_from, provided.landed) AS counted
SELECT
    paths.key AS path,
    paths.provided_by AS wanted,
    provided.repo AS repo,
    provided.provided_by AS found,
    provided.begins <= greatest(@from, paths.since) AND provided.ends > @at AS whole,
    arrayCount(who -> who = 'platform', counted) AS platform,
    arrayCount(who -> who = 'outside', counted) AS outside,
    arrayCount(who -> who = 'automated', counted) AS automated,
    arrayCount(who -> who = 'unknown', counted) AS unknown
FROM paths
LEFT JOIN
(
    SELECT
        contributions.path AS path,
        named.name AS repo,
        contributions.provided_by AS provided_by,
        contributions.begins AS begins,
        contributions.ends AS ends,
        contributions.landed AS landed,
        contributions.came_from AS came_from
    FROM contributions
    INNER JOIN ({{names}}) AS named ON named.id = contributions.repo
    WHERE (contributions.repo, contributions.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
) AS provided ON provided.path = paths.key
WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    AND (@path = '' OR paths.key = @path)
ORDER BY
    path,
    repo
LIMIT 1 BY
    path,
    repo
