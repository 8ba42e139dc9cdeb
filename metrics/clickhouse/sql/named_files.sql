-- named_files: which files that others name did the last heads show that sources without history saw?
SELECT
    newest.repo AS repo,
    named_files.globs AS globs
FROM
(
    SELECT
        readings.repo AS repo,
        argMax(readings.files, readings.at) AS files
    FROM readings
    WHERE readings.repo IN @repos
        AND readings.files != 0
        AND readings.complete
    GROUP BY readings.repo
) AS newest
INNER JOIN (SELECT named_files.repo, named_files.files, named_files.globs FROM named_files FINAL WHERE named_files.repo IN @repos) AS named_files
    ON named_files.repo = newest.repo
    AND named_files.files = newest.files
ORDER BY repo
