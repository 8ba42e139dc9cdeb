-- adoption_repos: how many units of each class are there on each path, at the first instant of each period? A
-- class is what a unit counts for, in the bits of the schema, in two halves that have rows of their own: the
-- state, and with 2048 added the origin. Bits 9 and 10 are in both. Without a row there is none.
--
-- Each span counts from the first period that does not begin before it to the first that does not begin
-- before its end. So one addition at either end is enough, and running sums give every period. Paths are
-- grouped by their numbers, which is faster than by their names.
WITH
    @paths AS path_keys,
    @teams AS team_keys,
    @groups AS team_groups
SELECT
    path_keys[summed.path_number] AS path,
    summed.label AS label,
    arrayJoin([bitAnd(summed.class, 1551), bitOr(bitAnd(summed.class, 2032), 2048)]) AS class,
    sumForEach(summed.units) AS units
FROM
(
    SELECT
        transform(spans.path, path_keys, arrayEnumerate(path_keys), 0) AS path_number,
        multiIf(@by = 'team', spans.team, @by = 'group', transform(spans.team, team_keys, team_groups, ''), '') AS label,
        spans.class AS class,
        arrayCumSum(arrayMap(
            (begun, ended) -> toInt64(begun) - ended,
            sumWithOverflowResample(0, @periods, 1)(
                toInt32(1),
                greatest(dateDiff(@unit, @first, spans.begins - (spans.begins > 0)) + 1, 0)
            ),
            sumWithOverflowResample(0, @periods, 1)(
                toInt32(1),
                greatest(dateDiff(@unit, @first, spans.ends - (spans.ends > 0)) + 1, 0)
            )
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
        label,
        class
) AS summed
GROUP BY
    summed.path_number,
    summed.label,
    class
ORDER BY
    path,
    label,
    class
