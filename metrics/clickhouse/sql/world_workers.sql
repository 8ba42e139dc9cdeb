-- world_workers: which of these repositories did some authors, or programs that make commits for others, ever commit to? It may
-- name more, as the statement for work does.
SELECT DISTINCT commits.repo AS repo
FROM commits
WHERE commits.repo IN @repos
    AND commits.committed >= @since
    AND commits.committed <= @until
    AND (
        bitXor(commits.repo, commits.author) IN @by
        OR commits.author IN (SELECT identities.alias FROM identities WHERE identities.kind = 'initiator')
    )
ORDER BY repo
