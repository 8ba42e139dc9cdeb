-- waits: how long did each unit take to come to a path, or how long has it been without it, as could be told at a
-- moment?
--
-- That is from the launch of the path, or the birth of the unit where that is later, to its first stay. Units count
-- that the path served at any time, whose birth was seen, and that were there, known and not excused, at any
-- time since the clock began; the others are followed for as long as they are so. A unit that had come before
-- the launch took no time, whether or not it stayed: otherwise those that were first would not count, or the
-- launch would seem to have made them wait. One that came nobody knows when, having been unknown, is followed
-- until it became so.
SELECT
    lives.path AS path,
    lives.repo AS repo,
    lives.component AS component,
    greatest(lives.birth, lives.launch) AS clock,
    if(lives.birth >= lives.launch, lives.team_at_birth, lives.team_at_launch) AS team,
    lives.entry > toDateTime(0, 'UTC') AND lives.entry_known AS is_adopted,
    if(is_adopted, lives.followed, lives.without) AS there,
    if(is_adopted, lives.entry, least(lives.without, @at)) AS until,
    toUInt32(greatest(until, clock)) - toUInt32(clock) AS seconds
FROM
(
    SELECT
        any(spans.path) AS path,
        any(spans.repo) AS repo,
        any(spans.component) AS component,
        cityHash64(spans.path, spans.repo, spans.component) AS unit, -- which is compared much faster
        min(spans.begins) AS birth,
        any(defined.since) AS launch,
        any(firsts.begins) AS entry,
        any(firsts.known) AS entry_known,
        argMin(spans.dated AND spans.reason != 'before_graft', spans.begins) AS birth_seen,
        max(spans.state IN ('on', 'mixed', 'off', 'dormant')) AS served,
        maxIf(spans.ends, spans.state IN ('on', 'mixed', 'off', 'dormant', 'none')) AS followed,
        maxIf(spans.ends, spans.state IN ('on', 'mixed', 'off', 'dormant', 'none') AND (firsts.begins = toDateTime(0, 'UTC') OR spans.begins < firsts.begins)) AS without,
        argMin(spans.team, spans.begins) AS team_at_birth,
        argMaxIf(spans.team, spans.begins, spans.begins <= defined.since) AS team_at_launch
    FROM spans
    INNER JOIN
    (
        SELECT
            paths.key AS path,
            any(paths.since) AS since
        FROM paths
        WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
        GROUP BY paths.key
    ) AS defined ON defined.path = spans.path
    LEFT JOIN
    (
        SELECT
            cityHash64(spells.path, spells.repo, spells.component) AS unit,
            min(spells.begins) AS begins,
            argMin(spells.known, spells.begins) AS known
        FROM spells
        WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
            AND spells.begins <= @at
            AND (@path = '' OR spells.path = @path)
        GROUP BY unit
    ) AS firsts ON firsts.unit = cityHash64(spans.path, spans.repo, spans.component)
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND (@path = '' OR spans.path = @path)
    GROUP BY unit
) AS lives
WHERE lives.birth_seen
    AND lives.served
    AND clock <= @at
    AND there > clock
    AND clock >= @from
    AND clock < @to
    AND (@team = '' OR team = @team)
    AND (@group = '' OR team IN ({{teams_below}}))
