-- pack_runs: pack the runs of some repositories that were created in a time, which holds whole terms.
INSERT INTO run_packs (repo, term, version, green, ended, created, finished, took)
SELECT
    packed.repo,
    packed.term,
    packed.version,
    packed.green,
    packed.ended,
    arrayStringConcat(arrayMap(run -> char(run.1, bitShiftRight(run.1, 8), bitShiftRight(run.1, 16), bitShiftRight(run.1, 24)), packed.runs)),
    arrayStringConcat(arrayMap(run -> char(run.2, bitShiftRight(run.2, 8), bitShiftRight(run.2, 16), bitShiftRight(run.2, 24)), packed.runs)),
    arrayStringConcat(arrayMap(run -> char(run.3, bitShiftRight(run.3, 8), bitShiftRight(run.3, 16), bitShiftRight(run.3, 24)), packed.runs))
FROM
(
    SELECT
        run_ends.repo AS repo,
        toUInt16(intDiv(toUInt32(run_ends.created), 7257600)) AS term,
        bitShiftLeft(toUInt64(toUInt32(max(run_ends.seen))), 32) + count() AS version,
        minIf(toUInt32(run_ends.finished), run_ends.ok) AS green,
        max(toUInt32(run_ends.finished)) AS ended,
        arraySort(groupArray((toUInt32(run_ends.created), toUInt32(run_ends.finished), toUInt32(2 * least(run_ends.seconds, 2147483647) + run_ends.ok)))) AS runs
    FROM run_ends FINAL
    WHERE run_ends.repo IN @repos
        AND run_ends.created >= @from
        AND run_ends.created <= @to
    GROUP BY
        run_ends.repo,
        term
) AS packed
SETTINGS do_not_merge_across_partitions_select_final = 1
