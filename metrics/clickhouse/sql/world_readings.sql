-- world_readings: how did the newest reading of each repository end? One of a source that is configured no more counts only
-- where no other one read it.
SELECT
    newest.repo AS repo,
    newest.reading.1 AS complete,
    newest.reading.2 AS head,
    toInt64(newest.reading.3) AS at
FROM
(
    SELECT
        readings.repo AS repo,
        argMax(
            (readings.complete, readings.head, readings.at),
            (readings.source NOT IN (SELECT retired.source FROM retired), readings.at, readings.source)
        ) AS reading
    FROM readings
    GROUP BY readings.repo
) AS newest
ORDER BY repo
