-- bench_run_windows: all runs of the repositories are known.
INSERT INTO run_windows (repo, source, begins, ends, seen)
SELECT
    cityHash64(series.number),
    'github',
    toDateTime(0, 'UTC'),
    toDateTime(4294967295, 'UTC'),
    toDateTime('2024-01-01 00:00:00', 'UTC')
FROM numbers(10000) AS series
