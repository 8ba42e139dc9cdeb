-- adoption_teams: how many teams are on each path, and how many of them by choice, at the first instant of
-- each period?
--
-- Spans are counted as in adoption_repos, for each team, in three words of three counters with 21 bits each:
-- this is what makes thousands of teams over hundreds of periods fast. A team may have 2 million units. What
-- is low or high counts everything unknown against the path, or for it; what had no choice cannot have come
-- freely. Conditions are numbers, 0 or 1: as logic they would take the planner longer than the counting. A
-- team that uses nothing is never on. Weights are added up in thousandths, which are whole numbers, so that the
-- order does not matter; a team that only files name has weight 1.
WITH
    @teams AS team_keys,
    @groups AS team_groups
SELECT
    judged.path AS path,
    judged.label AS label,
    judged.period AS period,
    sum(judged.is_served) AS served,
    sum(judged.is_on) AS is_on,
    sum(judged.has_choice) AS choice,
    sum(judged.has_choice * judged.is_on * judged.freely) AS choice_voluntary,
    sum(judged.is_eligible) AS eligible,
    sum(judged.is_on * judged.freely) AS voluntary,
    sum(judged.may_be_served) AS served_possible,
    sum(judged.on_low) AS on_low,
    sum(judged.on_high) AS on_high,
    sum(judged.has_choice * judged.on_low * judged.freely_low) AS choice_low_num,
    sum(greatest(judged.has_choice, judged.may_have_choice > judged.on_low * judged.freely_low)) AS choice_low_den,
    sum(judged.may_have_choice * judged.voluntary_high) AS choice_high_num,
    sum(greatest(judged.has_choice, judged.may_have_choice * judged.voluntary_high)) AS choice_high_den,
    sum(judged.may_be_eligible) AS eligible_possible,
    sum(judged.on_low * judged.freely_low) AS voluntary_low,
    sum(judged.voluntary_high) AS voluntary_high_num,
    sum(greatest(judged.is_eligible, judged.voluntary_high)) AS voluntary_high_den,
    sum(judged.is_served * judged.weight) AS served_weight,
    sum(judged.is_on * judged.weight) AS on_weight,
    sum(judged.has_choice * judged.weight) AS choice_weight,
    sum(judged.has_choice * judged.is_on * judged.freely * judged.weight) AS choice_voluntary_weight,
    sum(judged.is_eligible * judged.weight) AS eligible_weight,
    sum(judged.is_on * judged.freely * judged.weight) AS voluntary_weight,
    sum(judged.is_served * judged.weight * toFloat64(judged.weight)) AS served_squares,
    sum(judged.has_choice * judged.weight * toFloat64(judged.weight)) AS choice_squares,
    sum(judged.is_eligible * judged.weight * toFloat64(judged.weight)) AS eligible_squares
FROM
(
    SELECT
        cells.path AS path,
        cells.label AS label,
        cells.period AS period,
        cells.weight AS weight,
        cells.served > 0 AS is_served,
        cells.choice > 0 AS has_choice,
        cells.eligible > 0 AS is_eligible,
        cells.served + cells.unknown > 0 AS may_be_served,
        cells.choice + cells.choice_unknown > 0 AS may_have_choice,
        cells.eligible + cells.unknown > 0 AS may_be_eligible,
        cells.uses / cells.served >= cells.team_on_at AS is_on,
        cells.uses / (cells.served + cells.unknown) >= cells.team_on_at AS on_low,
        (cells.uses + cells.unknown) / (cells.served + cells.unknown) >= cells.team_on_at AS on_high,
        2 * cells.freely >= cells.uses AS freely,
        2 * cells.freely >= cells.uses + cells.unknown AS freely_low,
        cells.uses + cells.free_unknown AS uses_high,
        -- so many of those that cannot have come freely may use it beside, for the team to be on
        least(cells.unknown - cells.free_unknown, 2 * (cells.freely + cells.free_by_unknown + cells.free_unknown) - uses_high) AS beside,
        (beside >= 0) * ((uses_high + beside) / (cells.served + cells.free_unknown + beside) >= cells.team_on_at) AS voluntary_high
    FROM
    (
        SELECT
            owned.path AS path,
            multiIf(@by = 'team', owned.team, @by = 'group', transform(owned.team, team_keys, team_groups, ''), '') AS label,
            toUInt32(nth) AS period,
            defined.team_on_at AS team_on_at,
            if(weighed.weight = 0, 1000, weighed.weight) AS weight,
            bitAnd(word_one, 2097151) AS served,
            bitAnd(bitShiftRight(word_one, 21), 2097151) AS choice,
            bitShiftRight(word_one, 42) AS uses,
            bitAnd(word_two, 2097151) AS freely,
            bitAnd(bitShiftRight(word_two, 21), 2097151) AS free_by_unknown,
            bitShiftRight(word_two, 42) AS eligible,
            bitAnd(word_three, 2097151) AS unknown,
            bitAnd(bitShiftRight(word_three, 21), 2097151) AS choice_unknown,
            bitShiftRight(word_three, 42) AS free_unknown
        FROM
        (
            SELECT
                worded.path AS path,
                worded.team AS team,
                arrayCumSum(arrayMap(
                    (begun, ended) -> begun - ended,
                    sumWithOverflowResample(0, @periods, 1)(worded.one, worded.first_in),
                    sumWithOverflowResample(0, @periods, 1)(worded.one, worded.first_out)
                )) AS ones,
                arrayCumSum(arrayMap(
                    (begun, ended) -> begun - ended,
                    sumWithOverflowResample(0, @periods, 1)(worded.two, worded.first_in),
                    sumWithOverflowResample(0, @periods, 1)(worded.two, worded.first_out)
                )) AS twos,
                arrayCumSum(arrayMap(
                    (begun, ended) -> begun - ended,
                    sumWithOverflowResample(0, @periods, 1)(worded.three, worded.first_in),
                    sumWithOverflowResample(0, @periods, 1)(worded.three, worded.first_out)
                )) AS threes
            FROM
            (
                SELECT
                    spans.path AS path,
                    spans.team AS team,
                    bitAnd(spans.class, 15) AS state, -- the bits are explained in the schema
                    state BETWEEN 4 AND 7 AS served,
                    bitTest(spans.class, 10) AS choice,
                    bitAnd(spans.class, 1536) > 0 AS free,
                    if(served, toInt64(1) + bitShiftLeft(toInt64(choice), 21) + bitShiftLeft(toInt64(state IN (5, 6)), 42), 0) AS one,
                    toInt64(bitTest(spans.class, 8)) + bitShiftLeft(toInt64(free AND bitAnd(spans.class, 112) = 112), 21) + bitShiftLeft(toInt64(served OR state = 3), 42) AS two,
                    if(state = 1, toInt64(1) + bitShiftLeft(toInt64(choice), 21) + bitShiftLeft(toInt64(free), 42), 0) AS three,
                    greatest(dateDiff(@unit, @first, spans.begins - (spans.begins > 0)) + 1, 0) AS first_in,
                    greatest(dateDiff(@unit, @first, spans.ends - (spans.ends > 0)) + 1, 0) AS first_out
                FROM spans
                WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
                    AND spans.begins <= @last
                    AND spans.ends > @first
                    AND spans.team != ''
                    AND (@path = '' OR spans.path = @path)
                    AND (@team = '' OR spans.team = @team)
                    AND (@group = '' OR spans.team IN ({{teams_below}}))
            ) AS worded
            GROUP BY
                worded.path,
                worded.team
        ) AS owned
        INNER JOIN
        (
            SELECT
                paths.key AS path,
                greatest(any(paths.team_on_at), 1e-9) AS team_on_at
            FROM paths
            WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
            GROUP BY paths.key
        ) AS defined ON defined.path = owned.path
        LEFT JOIN
        (
            SELECT
                teams.key AS team,
                toUInt64(max(round(teams.weight * 1000))) AS weight
            FROM teams
            WHERE teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
            GROUP BY teams.key
        ) AS weighed ON weighed.team = owned.team
        ARRAY JOIN
            range(@periods) AS nth,
            owned.ones AS word_one,
            owned.twos AS word_two,
            owned.threes AS word_three
    ) AS cells
) AS judged
GROUP BY
    judged.path,
    judged.label,
    judged.period
ORDER BY
    path,
    label,
    period
