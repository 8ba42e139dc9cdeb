-- world_grafts: when was the first landed commit of walks committed?
SELECT
    commits.walk AS walk,
    toInt64(min(commits.committed)) AS began
FROM commits
WHERE commits.repo IN @repos
    AND commits.walk IN @walks
    AND commits.pos = 0
    AND commits.seq = 0
GROUP BY commits.walk
ORDER BY walk
