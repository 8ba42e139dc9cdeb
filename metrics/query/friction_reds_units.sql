-- friction_reds_units: which runs turned workflows of some repositories red, and which turned each green again? Green is 0 where
-- none did. It is what find_reds tells, with the runs; a time is twice that of the end of a run, and one more where it succeeded.
SELECT
    turning.repo AS repo,
    turning.workflow AS workflow,
    toUInt32(intDiv(turning.red.1.1, 2)) AS red,
    turning.red.1.2 AS red_id,
    turning.red.1.3 AS red_attempt,
    toUInt32(intDiv(turning.red.2.1, 2)) AS green,
    turning.red.2.2 AS green_id,
    turning.red.2.3 AS green_attempt
FROM
(
    SELECT
        run_ends.repo AS repo,
        run_ends.workflow AS workflow,
        arraySort(groupArray((toUInt64(2) * toUInt32(run_ends.finished) + run_ends.ok, run_ends.id, run_ends.attempt))) AS ended,
        arrayFilter((it, before) -> it.1 % 2 != before.1 % 2, ended, arrayPushFront(arrayPopBack(ended), ended[1])) AS turns,
        arrayJoin(arrayFilter(turn -> turn.1.1 % 2 = 0, arrayZip(turns, arrayShiftLeft(turns, 1, (toUInt64(0), toUInt64(0), toUInt16(0)))))) AS red
    FROM run_ends FINAL
    WHERE run_ends.repo IN @owned
    GROUP BY
        run_ends.repo,
        run_ends.workflow
) AS turning
SETTINGS do_not_merge_across_partitions_select_final = 1
