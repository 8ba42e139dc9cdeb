-- accesses: which teams were repositories given to? Of lists in a row by one source that are the same, the first.
SELECT
    accesses_turned.repo AS repo,
    accesses_turned.source AS source,
    toInt64(accesses_turned.seen) AS seen,
    arrayMap(access -> access.1, accesses_turned.list) AS team,
    arrayMap(access -> toUInt8(access.2), accesses_turned.list) AS permission
FROM accesses_turned
WHERE accesses_turned.repo IN @repos
ORDER BY
    repo,
    source,
    seen
