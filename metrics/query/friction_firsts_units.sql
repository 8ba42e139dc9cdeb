-- friction_firsts_units: which run was the first of each of some repositories to succeed on its default branch?
SELECT
    firsts.repo AS repo,
    firsts.run.1 AS id,
    firsts.run.2 AS attempt
FROM
(
    SELECT
        run_ends.repo AS repo,
        argMin((run_ends.id, run_ends.attempt), (run_ends.finished, run_ends.id, run_ends.attempt)) AS run
    FROM run_ends FINAL
    WHERE run_ends.repo IN @owned
        AND run_ends.ok
    GROUP BY run_ends.repo
) AS firsts
SETTINGS do_not_merge_across_partitions_select_final = 1
