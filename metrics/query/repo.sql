-- repo: which repositories have or had a name, or one that ends with it after a slash? Those that have it
-- whole come first, then those that had it.
SELECT
    known.id AS repo_id,
    known.name AS repo,
    multiIf(lower(known.name) = @name, 1, has(known.names, @name), 2, endsWith(lower(known.name), @tail), 3, 4) AS rank
FROM
(
    SELECT
        repos.id AS id,
        groupUniqArray(lower(repos.name)) AS names,
        max(repos.seen) AS seen,
        argMax(repos.name, (repos.seen, repos.source)) AS name
    FROM repos
    GROUP BY repos.id
    HAVING arrayExists(known_name -> known_name = @name OR endsWith(known_name, @tail), names)
) AS known
ORDER BY
    rank,
    known.seen DESC,
    repo
LIMIT 6
