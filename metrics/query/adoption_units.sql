-- adoption_units: how many units of each class are there on each path, at the first instant of each period? A class is explained in
-- the schema. This is for questions that are not about teams: it takes half the time of adoption_series.
--
-- A span counts from the first period that does not begin before it to the first that does not begin before its end. So one
-- addition at either end is enough, and running sums give every period. Paths are grouped by their numbers, which is faster than by
-- their names.
WITH @paths AS path_keys
SELECT
    path_keys[summed.path_number] AS path,
    summed.class AS class,
    summed.units AS units
FROM
(
    SELECT
        transform(spans.path, path_keys, arrayEnumerate(path_keys), 0) AS path_number,
        spans.class AS class,
        arrayCumSum(arrayMap(
            (begun, ended) -> toInt64(begun) - ended,
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), if(spans.begins <= @first, 0, dateDiff(@unit, @first, spans.begins - 1) + 1)),
            sumWithOverflowResample(0, @periods, 1)(toInt32(1), dateDiff(@unit, @first, spans.ends - 1) + 1)
        )) AS units
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.path IN (path_keys)
        AND spans.begins <= @last
        AND spans.ends > @first
        AND (@team = '' OR spans.team = @team)
        AND (@group = '' OR spans.team IN ({{teams_below}}))
    GROUP BY
        path_number,
        class
) AS summed
ORDER BY
    path,
    class
