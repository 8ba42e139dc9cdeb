-- friction_firsts_units: which run was the first of each of some repositories to succeed on its default branch? Packs know when that
-- was; looked up by that moment it is found among all that was ever seen of runs, which is much faster than the last of each.
SELECT
    firsts.repo AS repo,
    firsts.run.1 AS id,
    firsts.run.2 AS attempt
FROM
(
    SELECT
        run_ends.repo AS repo,
        min((run_ends.id, run_ends.attempt)) AS run
    FROM run_ends
    WHERE run_ends.ok
        AND (run_ends.repo, run_ends.finished) IN (
            SELECT
                run_packs.repo,
                toDateTime(min(run_packs.green), 'UTC')
            FROM run_packs FINAL
            WHERE run_packs.green > 0
                AND run_packs.repo IN @owned
            GROUP BY run_packs.repo
        )
    GROUP BY run_ends.repo
) AS firsts
