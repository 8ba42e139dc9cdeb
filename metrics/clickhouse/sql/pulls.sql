-- pulls: which changes were proposed to repositories and merged, of those whose history was read?
SELECT
    pulls.repo AS repo,
    pulls.number AS number,
    pulls.source AS source,
    pulls.author AS author,
    toUInt8(pulls.author_kind) AS author_kind,
    toInt64(pulls.created) AS created,
    toInt64(pulls.merged) AS merged,
    toInt64(pulls.closed) AS closed,
    toInt64(pulls.updated) AS updated,
    pulls.labels AS labels,
    pulls.head_branch AS head_branch,
    pulls.base_branch AS base_branch,
    pulls.merge_commit AS merge_commit,
    pulls.squash AS squash,
    pulls.class AS class,
    pulls.assignees AS assignees,
    toInt64(pulls.seen) AS seen
FROM pulls FINAL
WHERE pulls.repo IN @repos
    AND pulls.repo IN (SELECT walks.repo FROM walks WHERE walks.repo IN @repos)
    AND pulls.merged > 0
ORDER BY
    repo,
    number
