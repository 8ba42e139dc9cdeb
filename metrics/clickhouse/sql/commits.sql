-- commits: which commits did complete walks of repositories find, walk by walk?
SELECT
    commits.repo AS repo,
    commits.walk AS walk,
    commits.pos AS pos,
    commits.seq AS seq,
    commits.oid AS oid,
    toInt64(commits.committed) AS committed,
    toInt64(commits.authored) AS authored,
    commits.author AS author,
    arrayStringConcat(commits.co_authors, ' ') AS co_authors, -- few have any, and a text is read faster than a list
    arrayStringConcat(commits.requested_by, ' ') AS requested_by,
    commits.merge AS merge,
    commits.branch AS branch,
    commits.routine AS routine
FROM commits
WHERE commits.repo IN @repos
    AND commits.walk IN (SELECT walks.id FROM walks WHERE walks.repo IN @repos)
    AND commits.walk NOT IN @abandoned
ORDER BY
    repo,
    walk,
    pos,
    seq
