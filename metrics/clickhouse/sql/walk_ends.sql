-- walk_ends: when was the last commit of each walk of some repositories committed?
SELECT
    commits.repo AS repo,
    commits.walk AS walk,
    toInt64(argMax(commits.committed, commits.pos)) AS ended
FROM commits
WHERE commits.repo IN @repos
    AND commits.seq = 0
GROUP BY
    commits.repo,
    commits.walk
ORDER BY
    repo,
    walk
