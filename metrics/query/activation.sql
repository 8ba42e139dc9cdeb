-- activation: of the active units that are configured to go a path at a moment, and whose default branch had a commit
-- lately: how many of them ran its pipeline lately, and how many did not? What is not known is not among them.
SELECT
    spans.path AS path,
    if(@by = '', '', toString(spans.team)) AS label,
    countIf(spans.ran = 'ran') AS ran,
    count() AS units
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND spans.ends > @at
    AND spans.active
    AND spans.state IN ('on', 'mixed', 'dormant')
    AND spans.ran != ''
    AND (@path = '' OR spans.path = @path)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
GROUP BY
    spans.path,
    label
ORDER BY
    path,
    label
