-- landed_heads: which landed commits of some repositories were their heads, as sources saw it that are configured?
SELECT
    commits.repo AS repo,
    commits.walk AS walk,
    commits.pos AS pos,
    commits.oid AS oid,
    toInt64(commits.committed) AS committed
FROM commits
WHERE commits.repo IN @repos
    AND commits.seq = 0
    AND (commits.repo, commits.oid) IN
    (
        SELECT
            readings.repo,
            readings.head
        FROM readings
        WHERE readings.repo IN @repos
            AND readings.complete
            AND readings.source NOT IN (SELECT retired.source FROM retired)
    )
ORDER BY
    repo,
    walk,
    pos
