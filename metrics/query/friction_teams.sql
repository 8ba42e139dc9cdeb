-- friction_teams: when did how many active repositories of each team use each path, of those that it serves? A row
-- holds their times in no order.
SELECT
    spans.path AS path,
    spans.team AS team,
    groupArray(toUInt32(spans.begins)) AS begins,
    groupArray(toUInt32(spans.ends)) AS ends,
    groupArray(toUInt8(spans.state IN ('on', 'mixed'))) AS uses
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND spans.active
    AND spans.state IN ('on', 'mixed', 'off', 'dormant')
    AND spans.team != ''
    AND (@path = '' OR spans.path = @path)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
GROUP BY
    spans.path,
    spans.team
ORDER BY
    path,
    team
