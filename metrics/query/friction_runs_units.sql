-- friction_runs_units: which runs of the default branches of some repositories came to an end by a moment, and how? Seconds are
-- 4294967295 where it is not known how long one took.
SELECT
    run_ends.repo AS repo,
    toUInt32(run_ends.created) AS created,
    run_ends.id AS id,
    run_ends.attempt AS attempt,
    run_ends.workflow AS workflow,
    toUInt32(run_ends.finished) AS finished,
    run_ends.seconds AS seconds,
    run_ends.ok AS ok
FROM run_ends FINAL
WHERE run_ends.repo IN @owned
    AND run_ends.created >= @from
    AND run_ends.created < @to
    AND run_ends.created <= @at
    AND run_ends.finished <= @at
SETTINGS do_not_merge_across_partitions_select_final = 1
