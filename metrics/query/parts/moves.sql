-- moves: which way did each unit go on each path at one moment, and which at another?
--
-- A unit counts in the state that adoption has it in: see class in the schema. Nobody goes the ways of one
-- that is in no rate, so it has none here. A unit that is not there at a moment has no state then.
SELECT
    held.path AS path,
    held.repo AS repo,
    held.component AS component,
    argMax(held.team, held.at_to) AS team,
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
        AND spans.path IN (SELECT paths.key FROM paths WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0))
) AS held
GROUP BY
    held.path,
    held.repo,
    held.component
HAVING (@team = '' OR argMax(held.team, held.at_to) = @team)
    AND (@group = '' OR argMax(held.team, held.at_to) IN ({{teams_below}}))
