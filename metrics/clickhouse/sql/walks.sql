-- walks: which complete walks are there, of some repositories or of all?
SELECT
    walks.id AS id,
    walks.repo AS repo,
    walks.prev AS prev,
    walks.base AS base,
    walks.head AS head,
    walks.first AS first,
    walks.commits AS commits,
    toInt64(walks.at) AS at,
    walks.branch AS branch,
    walks.grafted AS grafted,
    walks.watched AS watched,
    walks.named AS named
FROM walks FINAL
WHERE @all
    OR walks.repo IN @repos
ORDER BY
    repo,
    id
