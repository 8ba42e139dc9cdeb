-- adoption_moment: for what do the units of each team count on each path at a moment? A class is explained in the schema.
SELECT
    spans.path AS path,
    spans.team AS team,
    spans.class AS class,
    count() AS n
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.path IN @paths
    AND spans.begins <= @first
    AND spans.ends > @first
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
GROUP BY
    spans.path,
    spans.team,
    spans.class
ORDER BY
    path,
    team,
    class
