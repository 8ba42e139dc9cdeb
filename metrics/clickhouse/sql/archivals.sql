-- archivals: when were repositories archived that are not any more?
SELECT
    archivals.repo AS repo,
    archivals.source AS source,
    toInt64(archivals.begins) AS begins,
    toInt64(archivals.ends) AS ends
FROM archivals FINAL
WHERE archivals.repo IN @repos
ORDER BY
    repo,
    begins
