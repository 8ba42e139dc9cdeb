-- flows: how many units went from which ways to which on each path, between two moments?
--
-- A unit counts in the state that adoption has it in: see class in the schema. Nobody goes the ways of one
-- that is in no rate, so it has none here. A unit that is not there at a moment has no state then.
WITH
    ['on', 'mixed', 'off', 'dormant', 'none', 'exempt', 'ineligible', 'unknown', 'inactive', ''] AS shown -- in this order
SELECT
    moved.path AS path,
    moved.from_ways AS from_ways,
    moved.to_ways AS to_ways,
    moved.from_state AS from_state,
    moved.to_state AS to_state,
    count() AS units
FROM
(
    SELECT
        held.path AS path,
        anyIf(held.ways, held.at_from) AS from_ways,
        anyIf(held.ways, held.at_to) AS to_ways,
        anyIf(held.state, held.at_from) AS from_state,
        anyIf(held.state, held.at_to) AS to_state
    FROM
    (
        SELECT
            spans.path AS path,
            spans.repo AS repo,
            spans.component AS component,
            spans.team AS team,
            ['inactive', 'unknown', 'ineligible', 'exempt', 'dormant', 'on', 'mixed', 'off', 'none'][1 + bitAnd(spans.class, 15)] AS state,
            if(state IN ('on', 'mixed', 'off', 'dormant'), spans.ways, []) AS ways,
            spans.begins <= @from AND spans.ends > @from AS at_from,
            spans.begins <= @to AND spans.ends > @to AS at_to
        FROM spans
        WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
            AND (spans.begins <= @from AND spans.ends > @from OR spans.begins <= @to AND spans.ends > @to)
            AND (@path = '' OR spans.path = @path)
    ) AS held
    GROUP BY
        held.path,
        held.repo,
        held.component
    HAVING (@team = '' OR argMax(held.team, held.at_to) = @team)
        AND (@group = '' OR argMax(held.team, held.at_to) IN (SELECT teams.key FROM teams WHERE teams.group = @group AND teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)))
) AS moved
INNER JOIN
(
    SELECT
        paths.key AS path,
        min(paths.position) AS position
    FROM paths
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    GROUP BY paths.key
) AS defined ON defined.path = moved.path
GROUP BY
    defined.position,
    moved.path,
    moved.from_ways,
    moved.to_ways,
    moved.from_state,
    moved.to_state
ORDER BY
    defined.position,
    path,
    indexOf(shown, from_state),
    from_ways,
    indexOf(shown, to_state),
    to_ways
