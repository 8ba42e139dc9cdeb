-- retention_units: which stays are behind the retention of each path?
SELECT
    named.name AS repo,
    told.component AS component,
    told.team AS team,
    told.path AS path,
    told.origin AS origin,
    told.begins AS begins,
    told.is_left AS is_left,
    told.is_left AND told.returned AS returned,
    told.seconds AS seconds,
    told.change AS change
FROM ({{stays}}) AS told
INNER JOIN ({{names}}) AS named ON named.id = told.repo
WHERE NOT @continued
    OR (named.name, told.component, told.path, told.begins) > (@after_repo, @after_component, @after_path, @after_begins)
ORDER BY
    repo,
    component,
    path,
    begins
LIMIT @limit
