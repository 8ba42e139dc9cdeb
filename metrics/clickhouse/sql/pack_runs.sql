-- pack_runs: pack the runs of some repositories that were created in a time, which holds whole terms.
INSERT INTO run_packs (repo, term, version, green, ended, created, finished, took)
SELECT
    packed.repo,
    packed.term,
    packed.version,
    packed.green,
    packed.ended,
    arrayMap(time -> toUInt32(bitShiftRight(time, 32)), arraySort(packed.times)),
    arrayMap(time -> toUInt32(bitAnd(time, 4294967295)), arraySort(packed.times)),
    arraySort((it, time) -> time, packed.took, packed.times)
FROM
(
    SELECT
        run_ends.repo AS repo,
        toUInt16(intDiv(toUInt32(run_ends.created), 2419200)) AS term,
        bitShiftLeft(toUInt64(toUInt32(max(run_ends.seen))), 32) + count() AS version,
        minIf(toUInt32(run_ends.finished), run_ends.ok) AS green,
        max(toUInt32(run_ends.finished)) AS ended,
        groupArray(bitShiftLeft(toUInt64(toUInt32(run_ends.created)), 32) + toUInt32(run_ends.finished)) AS times,
        groupArray(toUInt32(2 * least(run_ends.seconds, 2147483647) + run_ends.ok)) AS took
    FROM run_ends FINAL
    WHERE run_ends.repo IN @repos
        AND run_ends.created >= @from
        AND run_ends.created <= @to
    GROUP BY
        run_ends.repo,
        term
) AS packed
SETTINGS do_not_merge_across_partitions_select_final = 1
