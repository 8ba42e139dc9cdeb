-- run_days: on which days did the runs of repositories use what, in which workflow? Days in a row are one stretch,
-- from the begin of the first to the end of the last.
SELECT
    used.repo AS repo,
    used.workflow AS workflow,
    used.kind AS kind,
    used.target AS target,
    used.file AS file,
    used.ref AS ref,
    used.imposed AS imposed,
    arrayMap(stretch -> 86400 * stretch[1], used.stretches) AS begins,
    arrayMap(stretch -> 86400 * (stretch[-1] + 1), used.stretches) AS ends
FROM
(
    SELECT
        run_days.repo AS repo,
        any(run_days.workflow) AS workflow,
        any(run_days.kind) AS kind,
        any(run_days.target) AS target,
        any(run_days.file) AS file,
        any(run_days.ref) AS ref,
        any(run_days.imposed) AS imposed,
        arraySort(groupUniqArray(toInt64(toUInt16(run_days.day)))) AS days,
        arraySplit((day, gap) -> gap > 1, days, arrayDifference(days)) AS stretches
    FROM run_days
    WHERE run_days.repo IN @repos
    GROUP BY
        run_days.repo,
        run_days.what
) AS used
ORDER BY
    repo,
    workflow,
    kind,
    target,
    file,
    ref,
    imposed
