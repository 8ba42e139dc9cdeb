-- releasing: whose tags are the versions of each path?
SELECT
    paths.key AS path,
    argMax(repos.id, repos.seen) AS repo
FROM paths
INNER JOIN repos ON repos.name = paths.latest
WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    AND (@path = '' OR paths.key = @path)
GROUP BY paths.key
