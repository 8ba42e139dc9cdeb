-- adoption_ways: how many units that use a path go which ways, at the first instant of each period? A span
-- counts from the first period that does not begin before it to the first that does not begin before its end: so one addition at
-- either end is enough, and running sums give every period.
SELECT
    counted.path AS path,
    counted.way AS way,
    toUInt32(nth) AS period,
    uses
FROM
(
    SELECT
        spans.path AS path,
        way,
        arrayCumSum(arrayMap(
            (begun, ended) -> toInt64(begun) - ended,
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), if(spans.begins <= @first, 0, dateDiff(@unit, @first, spans.begins - 1) + 1)),
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), dateDiff(@unit, @first, spans.ends - 1) + 1)
        )) AS going
    FROM spans
    ARRAY JOIN spans.ways AS way
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @last
        AND spans.ends > @first
        AND spans.active
        AND spans.state IN ('on', 'mixed')
        AND (@path = '' OR spans.path = @path)
        AND (@team = '' OR spans.team = @team)
        AND (@group = '' OR spans.team IN ({{teams_below}}))
    GROUP BY
        spans.path,
        way
) AS counted
ARRAY JOIN
    range(@periods) AS nth,
    counted.going AS uses
ORDER BY
    path,
    way,
    period
