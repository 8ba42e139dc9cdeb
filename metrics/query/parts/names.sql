-- names: what is each repository called now?
SELECT
    repos.id AS id,
    argMax(repos.name, (repos.seen, repos.source)) AS name
FROM repos
GROUP BY repos.id
