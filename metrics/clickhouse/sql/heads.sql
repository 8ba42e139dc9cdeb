-- heads: at which head did each source see repositories last? Of hosts that showed it without history, with which files were
-- looked at.
SELECT
    readings.repo AS repo,
    argMax(readings.head, readings.at) AS head,
    argMax(readings.files, readings.at) AS files,
    argMax(readings.watched, readings.at) AS watched,
    readings.source IN (SELECT retired.source FROM retired) AS retired
FROM readings
WHERE readings.complete
    AND (@all OR readings.repo IN @repos)
GROUP BY
    readings.repo,
    readings.source
ORDER BY
    repo,
    readings.source
