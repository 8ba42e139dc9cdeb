-- time_to_adopt_units: which units are behind the time to adopt of each path?
SELECT
    named.name AS repo,
    waits.component AS component,
    waits.team AS team,
    waits.path AS path,
    waits.clock AS clock,
    waits.is_adopted AS is_adopted,
    waits.seconds AS seconds
FROM ({{waits}}) AS waits
INNER JOIN ({{names}}) AS named ON named.id = waits.repo
WHERE NOT @continued
    OR (named.name, waits.component, waits.path) > (@after_repo, @after_component, @after_path)
ORDER BY
    repo,
    component,
    path
LIMIT @limit
