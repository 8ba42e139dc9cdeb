-- find_reds: find out when workflows of some repositories were red. What ended at the same moment is taken to have failed
-- first. Where nothing is known of a workflow before it failed it did not turn red then.
INSERT INTO run_reds (repo, version, red, green)
SELECT
    found.repo,
    found.version,
    arrayStringConcat(arrayMap(at -> char(at, bitShiftRight(at, 8), bitShiftRight(at, 16), bitShiftRight(at, 24)), found.red)),
    arrayStringConcat(arrayMap(at -> char(at, bitShiftRight(at, 8), bitShiftRight(at, 16), bitShiftRight(at, 24)), found.green))
FROM
(
    SELECT
        turning.repo AS repo,
        bitShiftLeft(toUInt64(max(turning.seen)), 32) + sum(turning.runs) AS version,
        groupArrayArray(arrayMap(turn -> toUInt32(intDiv(turn.1, 2)), turning.reds)) AS red,
        groupArrayArray(arrayMap(turn -> toUInt32(intDiv(turn.2, 2)), turning.reds)) AS green
    FROM
    (
        SELECT
            run_ends.repo AS repo,
            toUInt32(max(run_ends.seen)) AS seen,
            count() AS runs,
            arraySort(groupArray(toUInt64(2) * toUInt32(run_ends.finished) + run_ends.ok)) AS ended,
            arrayFilter((it, before) -> it % 2 != before % 2, ended, arrayPushFront(arrayPopBack(ended), ended[1])) AS turns,
            arrayFilter(turn -> turn.1 % 2 = 0, arrayZip(turns, arrayShiftLeft(turns, 1, toUInt64(0)))) AS reds
        FROM run_ends FINAL
        WHERE run_ends.repo IN @repos
        GROUP BY
            run_ends.repo,
            run_ends.workflow
    ) AS turning
    GROUP BY turning.repo
) AS found
SETTINGS do_not_merge_across_partitions_select_final = 1
