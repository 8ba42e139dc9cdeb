-- adoption_repos: how many units are in which state on each path, and how did they come to it, at the first
-- instant of each period? A row is one thing that is counted, with its number in every period; without a row
-- there is none.
--
-- Each span counts from the first period that does not begin before it to the first that does not begin
-- before its end. So one addition at either end is enough, and running sums give every period. Spans of a
-- class are counted together; what it counts for is told apart only then.
WITH
    @teams AS team_keys,
    @groups AS team_groups
SELECT
    told.path AS path,
    told.label AS label,
    told.counted AS counted,
    sumForEach(told.units) AS units
FROM
(
    SELECT
        summed.path AS path,
        summed.label AS label,
        summed.units AS units,
        ['inactive', 'unknown', 'ineligible', 'exempt', 'dormant', 'on', 'mixed', 'off', 'none'][1 + bitAnd(summed.class, 15)] AS state,
        ['', 'enforced', 'mandated', 'born', 'automated', 'assisted', 'chosen', 'unknown'][1 + bitAnd(bitShiftRight(summed.class, 4), 7)] AS origin,
        bitTest(summed.class, 8) AS voluntary,
        bitTest(summed.class, 9) AS mandated,
        bitTest(summed.class, 10) AS choice,
        arrayJoin(arrayFilter(name -> name != '', [
            state,
            if(origin != '', concat('by_', origin), ''),
            if(bitTest(summed.class, 7), 'kept', ''),
            if(voluntary, 'voluntary', ''),
            if(voluntary AND mandated, 'before_mandate', ''),
            if(voluntary AND choice, 'choice_voluntary', ''),
            if(choice AND state != 'unknown', 'choice', ''),
            if(choice AND state = 'unknown', 'choice_unknown', ''),
            if(choice AND origin = 'unknown', 'choice_by_unknown', ''),
            if((choice OR mandated) AND state = 'unknown', 'free_unknown', ''),
            if((choice OR mandated) AND origin = 'unknown', 'free_by_unknown', '')
        ])) AS counted
    FROM
    (
        SELECT
            classed.path AS path,
            classed.label AS label,
            classed.class AS class,
            arrayCumSum(arrayMap(
                (begun, ended) -> toInt64(begun) - ended,
                sumWithOverflowResample(0, @periods, 1)(toInt32(1), classed.first_in),
                sumWithOverflowResample(0, @periods, 1)(toInt32(1), classed.first_out)
            )) AS units
        FROM
        (
            SELECT
                spans.path AS path,
                multiIf(@by = 'team', spans.team, @by = 'group', transform(spans.team, team_keys, team_groups, ''), '') AS label,
                spans.class AS class,
                greatest(dateDiff(@unit, @first, spans.begins - (spans.begins > 0)) + 1, 0) AS first_in,
                greatest(dateDiff(@unit, @first, spans.ends - (spans.ends > 0)) + 1, 0) AS first_out
            FROM spans
            WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
                AND spans.begins <= @last
                AND spans.ends > @first
                AND (@path = '' OR spans.path = @path)
                AND (@team = '' OR spans.team = @team)
                AND (@group = '' OR transform(spans.team, team_keys, team_groups, '') = @group)
        ) AS classed
        GROUP BY
            classed.path,
            classed.label,
            classed.class
    ) AS summed
) AS told
GROUP BY
    told.path,
    told.label,
    told.counted
ORDER BY
    path,
    label,
    counted
