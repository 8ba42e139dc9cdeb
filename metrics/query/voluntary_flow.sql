-- voluntary_flow: how many decisions of which kind were made in each period, for the path or against it, freely
-- or not, and by whom? Only what is known to be a decision at a moment.
SELECT
    decisions.path AS path,
    toUInt32(dateDiff(@unit, @first, decisions.at)) AS period,
    toUInt8(decisions.kind) AS kind,
    decisions.in_favour AS in_favour,
    decisions.choice AS choice,
    decisions.free AS free,
    toUInt8(decisions.origin) AS origin,
    count() AS units
FROM decisions
INNER JOIN
(
    SELECT
        paths.key AS path,
        any(paths.since) AS since
    FROM paths
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    GROUP BY paths.key
) AS defined ON defined.path = decisions.path
WHERE (decisions.repo, decisions.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND decisions.at >= greatest(@from, defined.since)
    AND decisions.at < @to
    AND decisions.told <= @known
    AND (@path = '' OR decisions.path = @path)
    AND (@team = '' OR decisions.team = @team)
    AND (@group = '' OR decisions.team IN ({{teams_below}}))
GROUP BY
    path,
    period,
    kind,
    in_favour,
    choice,
    free,
    origin
ORDER BY
    path,
    period,
    kind,
    in_favour,
    choice,
    free,
    origin
