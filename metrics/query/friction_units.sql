-- friction_units: which new repositories are behind the time to a first success, and which do not count for it?
SELECT
    named.name AS repo,
    leads.component AS component,
    leads.team AS team,
    leads.path AS path,
    leads.measure AS measure,
    leads.fate AS fate,
    toDateTime(leads.birth, 'UTC') AS birth,
    leads.is_done AS is_done,
    leads.seconds AS seconds
FROM ({{leads}}) AS leads
INNER JOIN ({{names}}) AS named ON named.id = leads.repo
WHERE (@measure = '' OR leads.measure = @measure)
    AND (NOT @continued OR (named.name, leads.component, leads.path, leads.measure) > (@after_repo, @after_component, @after_path, @after_measure))
ORDER BY
    repo,
    component,
    path,
    measure
LIMIT @limit
