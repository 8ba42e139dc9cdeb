-- unseen: how many stays on each path were first seen between two moments, although nobody saw them begin?
SELECT
    spells.path AS path,
    count() AS units
FROM spells
INNER JOIN
(
    SELECT
        paths.key AS path,
        any(paths.since) AS since
    FROM paths
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    GROUP BY paths.key
) AS defined ON defined.path = spells.path
WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND NOT spells.known
    AND spells.begins >= greatest(@from, defined.since)
    AND spells.begins < @to
    AND (@path = '' OR spells.path = @path)
    AND (@team = '' OR spells.team = @team)
    AND (@group = '' OR spells.team IN ({{teams_below}}))
GROUP BY path
ORDER BY path
