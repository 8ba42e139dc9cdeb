-- friction_recoveries: how long did default branches stay red, from the first failure of a workflow after a success to
-- its next success, by the side of each path that their repositories were on when they turned red? A row holds the
-- seconds that those of one path and side took, and those for which the others were watched: as long as all runs are
-- known, and the repository is there and not archived. They are texts, of the smallest time and by how much each of the
-- others is longer than the one before: hundreds of thousands of numbers are read faster so than as a list.
SELECT
    @paths[intDiv(bit, 4) + 1] AS path,
    toUInt8(bit % 4) AS side,
    arrayStringConcat(arrayPopFront(arrayDifference(arrayPushFront(arraySort(groupArrayIf(watched.seconds, watched.is_green)), 0))), ' ') AS green_after,
    arrayStringConcat(arrayPopFront(arrayDifference(arrayPushFront(arraySort(groupArrayIf(watched.seconds, NOT watched.is_green)), 0))), ' ') AS red_for,
    uniqExact(watched.repo) AS repos
FROM
(
    SELECT
        cuts.mask AS mask,
        reds.repo AS repo,
        least(
            arrayFold((until, known) -> if(known.1 <= until, greatest(until, known.2), until), seen.times, reds.red),
            lives.followed,
            toUInt32(@at)
        ) AS watched_until,
        reds.green > 0 AND reds.green <= watched_until AS is_green,
        if(is_green, reds.green, watched_until) - reds.red AS seconds
    FROM
    (
        SELECT
            run_reds.repo AS repo,
            red,
            if(green <= toUInt32(@at), green, 0) AS green
        FROM run_reds FINAL
        ARRAY JOIN
            run_reds.red AS red,
            run_reds.green AS green
        WHERE (@team = '' AND @group = '' OR run_reds.repo IN ({{owned}}))
            AND red >= toUInt32(@from)
            AND red < toUInt32(@to)
            AND red <= toUInt32(@at)
    ) AS reds
    ASOF INNER JOIN ({{cuts}}) AS cuts ON cuts.repo = reds.repo AND cuts.at <= reds.red
    INNER JOIN
    (
        SELECT
            watched.repo AS repo,
            arraySort(groupArray((watched.begins, watched.ends))) AS times
        FROM ({{watched}}) AS watched
        GROUP BY watched.repo
    ) AS seen ON seen.repo = reds.repo
    INNER JOIN
    (
        SELECT
            spans.repo AS repo,
            toUInt32(max(spans.ends)) AS followed
        FROM spans
        WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
            AND spans.component = ''
            AND spans.begins <= @at
            AND spans.state != 'ineligible'
        GROUP BY spans.repo
    ) AS lives ON lives.repo = reds.repo
    WHERE reds.red < cuts.until
        AND watched_until > reds.red
) AS watched
ARRAY JOIN bitPositionsToArray(watched.mask) AS bit
GROUP BY
    path,
    side
ORDER BY
    path,
    side
