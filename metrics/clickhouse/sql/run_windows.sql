-- run_windows: from when to when does each source know all runs of repositories?
SELECT
    run_windows.repo AS repo,
    run_windows.source AS source,
    toInt64(run_windows.begins) AS begins,
    toInt64(run_windows.ends) AS ends,
    toInt64(run_windows.seen) AS seen
FROM run_windows FINAL
WHERE @all
    OR run_windows.repo IN @repos
ORDER BY
    repo,
    source,
    begins
