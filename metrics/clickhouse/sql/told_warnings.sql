-- told_warnings: what did each source find wrong with files of repositories last?
SELECT
    host_warnings.repo AS repo,
    host_warnings.source AS source,
    toInt64(host_warnings.seen) AS seen,
    host_warnings.file AS file,
    host_warnings.line AS line,
    host_warnings.column AS column,
    host_warnings.message AS message
FROM host_warnings FINAL
WHERE @all
    OR host_warnings.repo IN @repos
ORDER BY
    repo,
    source
