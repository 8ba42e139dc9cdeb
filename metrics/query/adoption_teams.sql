-- adoption_teams: for how many units of each team does each path count in which way, at the first instant of each
-- period?
--
-- Spans are counted as in adoption_repos, for each team, in three words of three counters with 21 bits each: this is
-- what makes thousands of teams over hundreds of periods fast. A team may have 2 million units. Teams are judged by
-- these where they are read, which takes less time than the planner takes for it. Words are texts, of by how much each
-- period's is more than that of the one before: millions of numbers are read faster so than as lists.
SELECT
    worded.path AS path,
    worded.team AS team,
    arrayStringConcat(arrayMap(
        (begun, ended) -> begun - ended,
        sumWithOverflowResample(0, @periods, 1)(worded.one, worded.first_in),
        sumWithOverflowResample(0, @periods, 1)(worded.one, worded.first_out)
    ), ' ') AS ones,
    arrayStringConcat(arrayMap(
        (begun, ended) -> begun - ended,
        sumWithOverflowResample(0, @periods, 1)(worded.two, worded.first_in),
        sumWithOverflowResample(0, @periods, 1)(worded.two, worded.first_out)
    ), ' ') AS twos,
    arrayStringConcat(arrayMap(
        (begun, ended) -> begun - ended,
        sumWithOverflowResample(0, @periods, 1)(worded.three, worded.first_in),
        sumWithOverflowResample(0, @periods, 1)(worded.three, worded.first_out)
    ), ' ') AS threes
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
