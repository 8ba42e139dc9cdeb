-- releases: which tags were there at a moment in the repository whose tags are a path's versions? Of several
-- sources that saw a tag the last word counts.
SELECT
    provided.path AS path,
    tags.tag AS tag,
    tags.commit AS commit,
    tags.at AS at
FROM
(
    SELECT
        paths.key AS path,
        argMax(repos.id, repos.seen) AS repo
    FROM paths
    INNER JOIN repos ON repos.name = paths.latest
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
        AND (@path = '' OR paths.key = @path)
    GROUP BY paths.key
) AS provided
INNER JOIN
(
    SELECT
        releases.repo AS repo,
        releases.tag AS tag,
        releases.commit AS commit,
        releases.at AS at,
        releases.seen AS seen
    FROM releases FINAL
    WHERE releases.commit != ''
        AND releases.at <= @at
) AS tags ON tags.repo = provided.repo
ORDER BY
    path,
    tag,
    tags.seen DESC
LIMIT 1 BY
    path,
    tag
