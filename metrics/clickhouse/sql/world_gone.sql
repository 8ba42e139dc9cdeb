-- world_gone: which repositories are not there any more, and since when?
SELECT
    repos_gone.repo AS repo,
    toInt64(repos_gone.at) AS at
FROM repos_gone
ORDER BY repo
