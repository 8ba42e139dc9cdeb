-- fragmentation: how many served units go which way on each path, at the first instant of each period? A
-- unit that goes several counts in each; a dormant one goes the ways that are configured. Spans are counted
-- as in adoption_ways.
SELECT
    counted.path AS path,
    counted.way AS way,
    counted.units AS units
FROM
(
    SELECT
        spans.path AS path,
        way,
        arrayCumSum(arrayMap(
            (begun, ended) -> toInt64(begun) - ended,
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), if(spans.begins <= @first, 0, dateDiff(@unit, @first, spans.begins - 1) + 1)),
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), dateDiff(@unit, @first, spans.ends - 1) + 1)
        )) AS units
    FROM spans
    ARRAY JOIN spans.ways AS way
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @last
        AND spans.ends > @first
        AND spans.active
        AND spans.state IN ('on', 'mixed', 'off', 'dormant')
        AND (@path = '' OR spans.path = @path)
        AND (@team = '' OR spans.team = @team)
        AND (@group = '' OR spans.team IN ({{teams_below}}))
    GROUP BY
        spans.path,
        way
) AS counted
ORDER BY
    path,
    way
