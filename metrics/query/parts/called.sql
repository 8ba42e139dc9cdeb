-- called: which repository has a name, or else had it last?
SELECT
    repos.name AS name,
    argMax(repos.id, (repos.name = named.name, repos.seen, repos.id)) AS id,
    argMax(named.name, (repos.name = named.name, repos.seen, repos.id)) AS now
FROM repos
INNER JOIN ({{names}}) AS named ON named.id = repos.id
GROUP BY repos.name
