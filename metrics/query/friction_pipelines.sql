-- friction_pipelines: how many runs on default branches succeeded of those that ended, and how long did they take, by
-- the side of each path that their repositories were on when they were begun? Seconds are the smallest that half of
-- the runs, and nine tenths, do not exceed.
SELECT
    @paths[intDiv(bit, 4) + 1] AS path,
    toUInt8(bit % 4) AS side,
    sumIf(counted.runs, counted.by_seconds) AS runs,
    sumIf(counted.successes, counted.by_seconds) AS successes,
    uniqExactIf(counted.repo, NOT counted.by_seconds) AS repos,
    sumIf(counted.runs, counted.by_seconds AND counted.seconds < 4294967295) AS timed,
    quantilesExactWeightedIf(0.5, 0.9)(counted.seconds, counted.runs, counted.by_seconds AND counted.seconds < 4294967295) AS seconds
FROM
(
    SELECT
        cuts.mask AS mask,
        begun.repo AS repo,
        begun.seconds AS seconds,
        grouping(begun.repo) = 1 AS by_seconds,
        count() AS runs,
        countIf(begun.ok) AS successes
    FROM
    (
        SELECT
            run_ends.repo AS repo,
            toUInt32(run_ends.created) AS at,
            run_ends.seconds AS seconds,
            run_ends.ok AS ok
        FROM run_ends FINAL
        WHERE run_ends.created >= @from
            AND run_ends.created < @to
            AND run_ends.finished <= @at
    ) AS begun
    ASOF INNER JOIN ({{cuts}}) AS cuts ON cuts.repo = begun.repo AND cuts.at <= begun.at
    WHERE cuts.mask != 0
    GROUP BY GROUPING SETS
    (
        (cuts.mask, begun.seconds),
        (cuts.mask, begun.repo)
    )
) AS counted
ARRAY JOIN bitPositionsToArray(counted.mask) AS bit
GROUP BY
    path,
    side
ORDER BY
    path,
    side
