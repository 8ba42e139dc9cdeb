-- last_readings: how did the newest reading of each repository by each source end?
SELECT
    readings.repo AS repo,
    readings.source AS source,
    toInt64(max(readings.at)) AS at,
    argMax(readings.complete, readings.at) AS complete,
    argMax(readings.reason, readings.at) AS reason,
    argMax(readings.detail, readings.at) AS detail,
    argMax(readings.head, readings.at) AS head,
    argMax(readings.watched, readings.at) AS watched,
    argMax(readings.names, readings.at) AS names,
    argMax(readings.files, readings.at) AS files
FROM readings
WHERE @all
    OR readings.repo IN @repos
GROUP BY
    readings.repo,
    readings.source
ORDER BY
    repo,
    source
