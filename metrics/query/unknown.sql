-- unknown: of how many units on paths is the state unknown at a moment, for which reason?
SELECT
    spans.reason AS reason,
    count() AS n
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.state = 'unknown'
    AND spans.begins <= @at
    AND spans.ends > @at
    AND (@path = '' OR spans.path = @path)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
GROUP BY spans.reason
ORDER BY
    n DESC,
    reason
