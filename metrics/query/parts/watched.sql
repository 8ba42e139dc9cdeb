-- watched: in which times does each source know all runs of a repository, as far as a moment? One that goes on reading
-- knows them up to its last good reading.
SELECT
    run_windows.repo AS repo,
    run_windows.source AS source,
    toUInt32(run_windows.begins) AS begins,
    least(toUInt32(run_windows.ends), greatest(toUInt32(run_windows.seen), toUInt32(good.at)), toUInt32(@at)) AS ends
FROM run_windows FINAL
LEFT JOIN
(
    SELECT
        readings.repo AS repo,
        readings.source AS source,
        max(readings.at) AS at
    FROM readings
    WHERE readings.complete
    GROUP BY
        readings.repo,
        readings.source
) AS good ON good.repo = run_windows.repo AND good.source = run_windows.source
