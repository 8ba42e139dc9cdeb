-- flows_units: which way did each unit go on each path at one moment, and which at another? States and ways
-- are those that flows counts.
SELECT
    named.name AS repo,
    moved.component AS component,
    moved.team AS team,
    moved.path AS path,
    moved.from_ways AS from_ways,
    moved.to_ways AS to_ways,
    moved.from_state AS from_state,
    moved.to_state AS to_state
FROM
(
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
        AND (@group = '' OR argMax(held.team, held.at_to) IN (SELECT teams.key FROM teams WHERE teams.group = @group AND teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)))
) AS moved
INNER JOIN
(
    SELECT
        repos.id AS id,
        argMax(repos.name, (repos.seen, repos.source)) AS name
    FROM repos
    GROUP BY repos.id
) AS named ON named.id = moved.repo
WHERE NOT @continued
    OR (named.name, moved.component, moved.path) > (@after_repo, @after_component, @after_path)
ORDER BY
    repo,
    component,
    path
LIMIT @limit
