-- beside: who owns which unit by what is no catalog, as published?
SELECT
    owners_beside.repo AS repo,
    owners_beside.component AS component,
    owners_beside.team AS team,
    owners_beside.source AS source
FROM owners_beside
WHERE (owners_beside.repo, owners_beside.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
ORDER BY
    repo,
    component
