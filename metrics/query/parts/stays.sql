-- stays: how long did each stay on a path last, as could be told at a moment, and how did it begin?
--
-- An absence is a leave once it has lasted leave_after; until then a stay is known to have lasted to its begin.
-- Where the unit is away, or not known, at the moment itself, it is known to have lasted until the unit was last
-- seen on the path, be it that it went on later.
SELECT
    stays.path AS path,
    stays.repo AS repo,
    stays.component AS component,
    stays.team AS team,
    stays.begins AS begins,
    toUInt8(stays.origin) AS origin,
    stays.change AS change,
    multiIf(stays.origin IN ('born', 'chosen'), 'chosen', stays.origin = 'mandated', 'mandated', stays.origin IN ('assisted', 'automated'), 'brought', stays.origin = 'unknown', 'unknown', '') AS manner,
    stays.outcome = 'left' AND toUInt32(stays.ends) + (
        SELECT max(paths.leave_after)
        FROM paths
        WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    ) <= toUInt32(@at) AS is_left,
    stays.newest > stays.begins AS returned,
    if(seen.until > stays.begins, least(stays.ends, seen.until, @at), least(stays.ends, @at)) AS until,
    toUInt32(until) - toUInt32(stays.begins) AS seconds
FROM
(
    SELECT
        spells.path AS path,
        spells.repo AS repo,
        spells.component AS component,
        spells.begins AS begins,
        spells.ends AS ends,
        spells.outcome AS outcome,
        spells.known AS known,
        spells.origin AS origin,
        spells.team AS team,
        spells.change AS change,
        cityHash64(spells.path, spells.repo, spells.component) AS unit, -- which is compared much faster
        max(spells.begins) OVER (PARTITION BY unit) AS newest
    FROM spells
    WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spells.begins <= @at
        AND (@path = '' OR spells.path = @path)
) AS stays
LEFT JOIN
(
    SELECT
        cityHash64(spans.path, spans.repo, spans.component) AS unit,
        max(spans.ends) AS until
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND (spans.tree IN ('on', 'mixed') OR spans.state IN ('on', 'mixed', 'dormant'))
        AND (@path = '' OR spans.path = @path)
    GROUP BY unit
) AS seen ON seen.unit = stays.unit
WHERE stays.known
    AND stays.begins >= @from
    AND stays.begins < @to
    AND (@team = '' OR stays.team = @team)
    AND (@group = '' OR stays.team IN ({{teams_below}}))
