-- friction_known: is anything known of runs, deployments and proposed changes, and when was anything read last?
SELECT
    (SELECT count() FROM (SELECT run_windows.repo FROM run_windows LIMIT 1)) AS runs,
    (SELECT count() FROM (SELECT deployments.repo FROM deployments LIMIT 1)) AS deployments,
    (SELECT count() FROM (SELECT pulls.repo FROM pulls LIMIT 1)) AS pulls,
    (SELECT max(readings.at) FROM readings WHERE readings.complete) AS read_at
