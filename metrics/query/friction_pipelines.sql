-- friction_pipelines: how many runs on default branches succeeded of those that ended, and how long did they take, by
-- the side of each path that their repositories were on when they were begun? Seconds are the smallest that half of
-- the runs, and nine tenths, do not exceed. What runs took is counted for the sides of eight paths in one go, and so is
-- each repository, once for every pack that has any.
SELECT
    @paths[intDiv(place - 1, 4) + 1] AS path,
    toUInt8((place - 1) % 4) AS side,
    sumIf(n, of_run) AS runs,
    sumIf(n, of_run AND counted.took % 2 = 1) AS successes,
    countIf(NOT of_run) AS repos,
    sumIf(n, of_run AND counted.took < 4294967294) AS timed,
    quantilesExactWeightedIf(0.5, 0.9)(bitShiftRight(counted.took, 1), n, of_run AND counted.took < 4294967294) AS seconds
FROM
(
    SELECT
        begun.repo AS repo,
        begun.took AS took,
        begun.repo = 0 AS of_run,
        [
            countIf(bitTest(begun.mask, 0)),
            countIf(bitTest(begun.mask, 1)),
            countIf(bitTest(begun.mask, 2)),
            countIf(bitTest(begun.mask, 3)),
            countIf(length(@paths) > 1 AND bitTest(begun.mask, 4)),
            countIf(length(@paths) > 1 AND bitTest(begun.mask, 5)),
            countIf(length(@paths) > 1 AND bitTest(begun.mask, 6)),
            countIf(length(@paths) > 1 AND bitTest(begun.mask, 7)),
            countIf(length(@paths) > 2 AND bitTest(begun.mask, 8)),
            countIf(length(@paths) > 2 AND bitTest(begun.mask, 9)),
            countIf(length(@paths) > 2 AND bitTest(begun.mask, 10)),
            countIf(length(@paths) > 2 AND bitTest(begun.mask, 11)),
            countIf(length(@paths) > 3 AND bitTest(begun.mask, 12)),
            countIf(length(@paths) > 3 AND bitTest(begun.mask, 13)),
            countIf(length(@paths) > 3 AND bitTest(begun.mask, 14)),
            countIf(length(@paths) > 3 AND bitTest(begun.mask, 15)),
            countIf(length(@paths) > 4 AND bitTest(begun.mask, 16)),
            countIf(length(@paths) > 4 AND bitTest(begun.mask, 17)),
            countIf(length(@paths) > 4 AND bitTest(begun.mask, 18)),
            countIf(length(@paths) > 4 AND bitTest(begun.mask, 19)),
            countIf(length(@paths) > 5 AND bitTest(begun.mask, 20)),
            countIf(length(@paths) > 5 AND bitTest(begun.mask, 21)),
            countIf(length(@paths) > 5 AND bitTest(begun.mask, 22)),
            countIf(length(@paths) > 5 AND bitTest(begun.mask, 23)),
            countIf(length(@paths) > 6 AND bitTest(begun.mask, 24)),
            countIf(length(@paths) > 6 AND bitTest(begun.mask, 25)),
            countIf(length(@paths) > 6 AND bitTest(begun.mask, 26)),
            countIf(length(@paths) > 6 AND bitTest(begun.mask, 27)),
            countIf(length(@paths) > 7 AND bitTest(begun.mask, 28)),
            countIf(length(@paths) > 7 AND bitTest(begun.mask, 29)),
            countIf(length(@paths) > 7 AND bitTest(begun.mask, 30)),
            countIf(length(@paths) > 7 AND bitTest(begun.mask, 31))
        ] AS counts
    FROM
    (
        SELECT
            packs.mask AS mask,
            its_repo AS repo,
            its_took AS took
        FROM
        (
            SELECT
                cuts.mask AS mask,
                packs.repo AS repo,
                packs.created[1] >= cuts.at AND packs.created[-1] < cuts.until AND packs.ended <= toUInt32(@at) AS whole,
                if(
                    whole,
                    packs.took,
                    arrayFilter((took, created, finished) -> created >= cuts.at AND created < cuts.until AND finished <= toUInt32(@at), packs.took, packs.created, packs.finished)
                ) AS took
            FROM
            (
                SELECT
                    run_packs.repo AS repo,
                    run_packs.term AS term,
                    run_packs.ended AS ended,
                    run_packs.created AS created,
                    run_packs.finished AS finished,
                    run_packs.took AS took
                FROM run_packs FINAL
                WHERE run_packs.term >= intDiv(toUInt32(@from), 2419200)
                    AND run_packs.term <= intDiv(least(toUInt32(@to), toUInt32(@at)), 2419200)
                    AND (@team = '' AND @group = '' OR run_packs.repo IN ({{owned}}))
            ) AS packs
            INNER JOIN
            (
                SELECT
                    cuts.repo AS repo,
                    greatest(cuts.at, toUInt32(@from)) AS at,
                    least(cuts.until, toUInt32(@to)) AS until,
                    cuts.mask AS mask,
                    toUInt16(arrayJoin(range(intDiv(at, 2419200), 1 + intDiv(least(until, toUInt32(@at)), 2419200)))) AS term
                FROM ({{cuts}}) AS cuts
            ) AS cuts ON cuts.repo = packs.repo AND cuts.term = packs.term
            WHERE notEmpty(took)
        ) AS packs
        ARRAY JOIN
            arrayPushFront(packs.took, toUInt32(0)) AS its_took,
            arrayResize([packs.repo], 1 + length(packs.took), toUInt64(0)) AS its_repo
    ) AS begun
    GROUP BY
        begun.repo,
        begun.took
) AS counted
ARRAY JOIN
    counted.counts AS n,
    arrayEnumerate(counted.counts) AS place
WHERE n > 0
GROUP BY place
ORDER BY
    path,
    side
SETTINGS query_plan_join_swap_table = false
