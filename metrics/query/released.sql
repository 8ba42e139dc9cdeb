-- released: which release of a path brought each commit that begins with one of these digits, as could be told at a
-- moment? A release whose tag has moved since brings nothing: of several sources that saw a tag the last word counts.
SELECT
    provided.path AS path,
    lower(hex(brought.commit)) AS pin,
    brought.tag AS tag
FROM ({{releasing}}) AS provided
INNER JOIN
(
    SELECT
        released_commits.repo AS repo,
        released_commits.commit AS commit,
        released_commits.tag AS tag,
        tags.at AS at
    FROM released_commits FINAL
    INNER JOIN
    (
        SELECT
            releases.repo AS repo,
            releases.tag AS tag,
            releases.commit AS commit,
            releases.at AS at
        FROM releases FINAL
        WHERE releases.commit != ''
            AND releases.at <= @at
        ORDER BY releases.seen DESC
        LIMIT 1 BY
            releases.repo,
            releases.tag
    ) AS tags ON tags.repo = released_commits.repo AND tags.tag = released_commits.tag AND tags.commit = released_commits.tip
    WHERE arrayExists(pin -> startsWith(lower(hex(released_commits.commit)), pin), @pins)
) AS brought ON brought.repo = provided.repo
ORDER BY
    path,
    pin,
    brought.at,
    tag
LIMIT 1 BY
    path,
    pin
