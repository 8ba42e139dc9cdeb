-- releases: which tags were there at a moment in the repository whose tags are a path's versions? Of several
-- sources that saw a tag the last word counts.
SELECT
    provided.path AS path,
    tags.tag AS tag,
    tags.commit AS commit,
    tags.at AS at
FROM ({{releasing}}) AS provided
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
