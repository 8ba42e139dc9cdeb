-- adoption_repos: how many units are in which state on each path, and how did they come to it, at the first
-- instant of each period? Without a row there is none.
--
-- Each span counts from the first period that does not begin before it to the first that does not begin
-- before its end. So one addition at either end is enough, and running sums give every period. Spans that
-- differ in nothing that is asked for are counted together, and told apart only then.
WITH
    @teams AS team_keys,
    @groups AS team_groups
SELECT
    summed.path AS path,
    summed.label AS label,
    toUInt32(nth) AS period,
    state_on,
    state_mixed,
    state_off,
    state_dormant,
    state_none,
    state_exempt,
    state_ineligible,
    state_unknown,
    inactive,
    origin_enforced,
    origin_mandated,
    origin_born,
    origin_automated,
    origin_assisted,
    origin_chosen,
    origin_unknown,
    kept,
    voluntary,
    before_mandate,
    choice,
    choice_voluntary,
    choice_origin_unknown,
    choice_unknown
FROM
(
    SELECT
        classes.path AS path,
        classes.label AS label,
        arrayResize(sumForEachIf(classes.units, classes.state = 'on'), @periods) AS state_on,
        arrayResize(sumForEachIf(classes.units, classes.state = 'mixed'), @periods) AS state_mixed,
        arrayResize(sumForEachIf(classes.units, classes.state = 'off'), @periods) AS state_off,
        arrayResize(sumForEachIf(classes.units, classes.state = 'dormant'), @periods) AS state_dormant,
        arrayResize(sumForEachIf(classes.units, classes.state = 'none'), @periods) AS state_none,
        arrayResize(sumForEachIf(classes.units, classes.state = 'exempt'), @periods) AS state_exempt,
        arrayResize(sumForEachIf(classes.units, classes.state = 'ineligible'), @periods) AS state_ineligible,
        arrayResize(sumForEachIf(classes.units, classes.state = 'unknown'), @periods) AS state_unknown,
        arrayResize(sumForEachIf(classes.units, classes.state = 'inactive'), @periods) AS inactive,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'enforced'), @periods) AS origin_enforced,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'mandated'), @periods) AS origin_mandated,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'born'), @periods) AS origin_born,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'automated'), @periods) AS origin_automated,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'assisted'), @periods) AS origin_assisted,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'chosen'), @periods) AS origin_chosen,
        arrayResize(sumForEachIf(classes.units, classes.origin = 'unknown'), @periods) AS origin_unknown,
        arrayResize(sumForEachIf(classes.units, classes.kept), @periods) AS kept,
        arrayResize(sumForEachIf(classes.units, classes.voluntary), @periods) AS voluntary,
        arrayResize(sumForEachIf(classes.units, classes.before_mandate), @periods) AS before_mandate,
        arrayResize(sumForEachIf(classes.units, classes.choice), @periods) AS choice,
        arrayResize(sumForEachIf(classes.units, classes.choice_voluntary), @periods) AS choice_voluntary,
        arrayResize(sumForEachIf(classes.units, classes.choice_origin_unknown), @periods) AS choice_origin_unknown,
        arrayResize(sumForEachIf(classes.units, classes.choice_unknown), @periods) AS choice_unknown
    FROM
    (
        SELECT
            counted.path AS path,
            counted.label AS label,
            counted.units AS units,
            if(counted.active OR counted.state = 'unknown', toString(counted.state), 'inactive') AS state,
            counted.active AND counted.state IN ('on', 'mixed') AS uses,
            if(uses, toString(counted.origin), '') AS origin,
            uses AND counted.kept AS kept,
            uses AND counted.voluntary AS voluntary,
            voluntary AND counted.mandated AS before_mandate,
            counted.choice AND counted.active AND counted.state IN ('on', 'mixed', 'off', 'dormant') AS choice,
            counted.choice AND voluntary AS choice_voluntary,
            counted.choice AND origin = 'unknown' AS choice_origin_unknown,
            counted.choice AND state = 'unknown' AS choice_unknown
        FROM
        (
            SELECT
                spans.path AS path,
                multiIf(@by = 'team', spans.team, @by = 'group', transform(spans.team, team_keys, team_groups, ''), '') AS label,
                spans.state AS state,
                spans.active AS active,
                spans.choice AS choice,
                spans.mandated AS mandated,
                spans.voluntary AS voluntary,
                spans.kept AS kept,
                spans.origin AS origin,
                arrayCumSum(arrayMap(
                    (begun, ended) -> toInt64(begun) - ended,
                    sumWithOverflowResample(0, @periods, 1)(toInt32(1), greatest(dateDiff(@unit, @first, spans.begins - (spans.begins > 0)) + 1, 0)),
                    sumWithOverflowResample(0, @periods, 1)(toInt32(1), greatest(dateDiff(@unit, @first, spans.ends - (spans.ends > 0)) + 1, 0))
                )) AS units
            FROM spans
            WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
                AND spans.begins <= @last
                AND spans.ends > @first
                AND (@path = '' OR spans.path = @path)
                AND (@team = '' OR spans.team = @team)
                AND (@group = '' OR transform(spans.team, team_keys, team_groups, '') = @group)
            GROUP BY
                spans.path,
                label,
                spans.state,
                spans.active,
                spans.choice,
                spans.mandated,
                spans.voluntary,
                spans.kept,
                spans.origin
        ) AS counted
    ) AS classes
    GROUP BY
        classes.path,
        classes.label
) AS summed
ARRAY JOIN
    range(@periods) AS nth,
    summed.state_on AS state_on,
    summed.state_mixed AS state_mixed,
    summed.state_off AS state_off,
    summed.state_dormant AS state_dormant,
    summed.state_none AS state_none,
    summed.state_exempt AS state_exempt,
    summed.state_ineligible AS state_ineligible,
    summed.state_unknown AS state_unknown,
    summed.inactive AS inactive,
    summed.origin_enforced AS origin_enforced,
    summed.origin_mandated AS origin_mandated,
    summed.origin_born AS origin_born,
    summed.origin_automated AS origin_automated,
    summed.origin_assisted AS origin_assisted,
    summed.origin_chosen AS origin_chosen,
    summed.origin_unknown AS origin_unknown,
    summed.kept AS kept,
    summed.voluntary AS voluntary,
    summed.before_mandate AS before_mandate,
    summed.choice AS choice,
    summed.choice_voluntary AS choice_voluntary,
    summed.choice_origin_unknown AS choice_origin_unknown,
    summed.choice_unknown AS choice_unknown
ORDER BY
    path,
    label,
    period
