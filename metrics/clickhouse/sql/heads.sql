-- heads: at which heads do sources have repositories whose history they read?
SELECT
    told.repo AS repo,
    told.head AS head
FROM
(
    SELECT
        readings.repo AS repo,
        readings.source AS source,
        argMax(readings.head, readings.at) AS head,
        argMax(readings.files, readings.at) AS files
    FROM readings
    WHERE readings.complete
        AND (@all OR readings.repo IN @repos)
    GROUP BY
        readings.repo,
        readings.source
) AS told
WHERE told.files = 0
    AND told.head != ''
GROUP BY
    told.repo,
    told.head
ORDER BY
    repo,
    head
