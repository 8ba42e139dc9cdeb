-- told_accesses: which teams did each source see last that repositories are given to?
SELECT
    accesses.repo AS repo,
    accesses.source AS source,
    toInt64(accesses.seen) AS seen,
    accesses.team AS team,
    arrayMap(permission -> toUInt8(permission), accesses.permission) AS permission
FROM accesses
WHERE @all
    OR accesses.repo IN @repos
ORDER BY
    accesses.repo,
    accesses.source,
    accesses.seen DESC
LIMIT 1 BY
    accesses.repo,
    accesses.source
