-- friction_known: is anything known of runs, deployments and proposed changes, when was anything read last, when was anything told
-- last, be it by what read on later, and within how many seconds is it decided how a unit was born?
SELECT
    (SELECT count() FROM (SELECT run_windows.repo FROM run_windows LIMIT 1)) AS runs,
    (SELECT count() FROM (SELECT deployments.repo FROM deployments LIMIT 1)) AS deployments,
    (SELECT count() FROM (SELECT pulls.repo FROM pulls LIMIT 1)) AS pulls,
    (SELECT max(readings.at) FROM readings WHERE readings.complete) AS read_at,
    greatest(read_at, (SELECT max(run_windows.seen) FROM run_windows), (SELECT max(pulls.seen) FROM pulls)) AS told_at,
    (
        SELECT toUInt32(max(paths.born_within))
        FROM paths
        WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    ) AS born_within
