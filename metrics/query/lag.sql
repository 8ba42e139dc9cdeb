-- lag: how many active units use which version of each path at a moment?
SELECT
    spans.path AS path,
    spans.version AS version,
    if(@by = '', '', toString(spans.team)) AS label,
    count() AS units
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND spans.ends > @at
    AND spans.active
    AND spans.state IN ('on', 'mixed')
    AND (@path = '' OR spans.path = @path)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
GROUP BY
    spans.path,
    spans.version,
    label
ORDER BY
    path,
    version,
    label
