-- adoption_series: for what did the units of each team count on each path, from which period of a series to which?
--
-- Spans has a number for each span, packed: the first period that does not begin before its end (16 bits), the first that does
-- not begin before the span itself (16 bits), and its class, which is explained in the schema. What is counted of them differs
-- from question to question, and is counted where they are read: for the counts of all teams over five years the engine takes
-- three times as long.
SELECT
    packed.path AS path,
    packed.team AS team,
    arrayStringConcat(arrayMap(span -> reinterpretAsFixedString(span), packed.numbers)) AS spans
FROM
(
    SELECT
        spans.path AS path,
        spans.team AS team,
        groupArray(
            bitShiftLeft(toUInt64(1), 63)
            + bitShiftLeft(toUInt64(spans.class), 32)
            + bitShiftLeft(toUInt64(if(spans.begins <= @first, 0, dateDiff(@unit, @first, spans.begins - 1) + 1)), 16)
            + toUInt64(least(dateDiff(@unit, @first, spans.ends - 1) + 1, @periods))
        ) AS numbers
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.path IN @paths
        AND spans.begins <= @last
        AND spans.ends > @first
        AND (@team = '' OR spans.team = @team)
        AND (@group = '' OR spans.team IN ({{teams_below}}))
    GROUP BY
        spans.path,
        spans.team
) AS packed
