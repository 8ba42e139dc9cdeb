-- watch_sets: which files did the last heads show that sources without history saw?
SELECT
    newest.repo AS repo,
    any(watch_sets.watch) AS watch,
    any(watch_sets.presence) AS presence
FROM
(
    SELECT
        readings.repo AS repo,
        argMax(readings.watched, readings.at) AS watched
    FROM readings
    WHERE readings.repo IN @repos
        AND readings.files != 0
        AND readings.complete
    GROUP BY readings.repo
) AS newest
INNER JOIN watch_sets ON watch_sets.watched = newest.watched
GROUP BY newest.repo
ORDER BY repo
