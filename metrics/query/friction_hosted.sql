-- friction_hosted: what is each repository called now, and since when does its host have it?
SELECT
    repos.id AS repo,
    argMax(repos.name, (repos.seen, repos.source)) AS name,
    toUInt32(max(repos.created)) AS created
FROM repos
WHERE (NOT @some OR repos.id IN @owned)
GROUP BY repos.id
