-- flows_units: which units are behind the flows between two moments?
SELECT
    named.name AS repo,
    moved.component AS component,
    moved.team AS team,
    moved.path AS path,
    moved.from_ways AS from_ways,
    moved.to_ways AS to_ways,
    moved.from_state AS from_state,
    moved.to_state AS to_state
FROM ({{moves}}) AS moved
INNER JOIN ({{names}}) AS named ON named.id = moved.repo
WHERE NOT @continued
    OR (named.name, moved.component, moved.path) > (@after_repo, @after_component, @after_path)
ORDER BY
    repo,
    component,
    path
LIMIT @limit
