-- host_warnings: what does each host find wrong with files of repositories?
SELECT
    host_warnings.repo AS repo,
    host_warnings.source AS source,
    toInt64(host_warnings.seen) AS seen,
    host_warnings.file AS file,
    host_warnings.line AS line,
    host_warnings.column AS column,
    host_warnings.message AS message
FROM host_warnings FINAL
WHERE host_warnings.repo IN @repos
ORDER BY
    repo,
    source
