-- sides: in which times did each repository use each of some paths (0), and do without (1), and which were the weeks
-- before (2) and after (3) it joined? Side 0 to 3 of the paths are bits, four a path. A repository that joined counts on
-- sides 2 and 3 where it had been there, and all its runs are known, as long before as after, which is over by now.
SELECT
    spans.repo AS repo,
    bitShiftLeft(toInt64(1), 4 * (indexOf(@paths, toString(spans.path)) - 1) + (spans.state NOT IN ('on', 'mixed'))) AS bit,
    toUInt32(spans.begins) AS begins,
    toUInt32(spans.ends) AS ends
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.component = ''
    AND spans.begins <= @at
    AND spans.state IN ('on', 'mixed', 'off', 'dormant')
    AND spans.path IN @paths
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
UNION ALL
SELECT
    joined.repo AS repo,
    bitShiftLeft(toInt64(1), 4 * (indexOf(@paths, toString(joined.path)) - 1) + side.1) AS bit,
    toUInt32(side.2) AS begins,
    toUInt32(side.3) AS ends
FROM
(
    SELECT
        spells.path AS path,
        spells.repo AS repo,
        toUInt32(min(spells.begins)) AS at,
        toUInt32(argMin(spells.ends, spells.begins)) AS until,
        argMin(spells.known, spells.begins) AS known,
        argMin(spells.team, spells.begins) AS team
    FROM spells
    WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spells.component = ''
        AND spells.begins <= @at
        AND spells.path IN @paths
    GROUP BY
        spells.path,
        spells.repo
) AS joined
INNER JOIN
(
    SELECT
        spans.path AS path,
        spans.repo AS repo,
        toUInt32(min(spans.begins)) AS birth
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.component = ''
        AND spans.path IN @paths
    GROUP BY
        spans.path,
        spans.repo
) AS lives ON lives.path = joined.path AND lives.repo = joined.repo
INNER JOIN
(
    SELECT
        watched.repo AS repo,
        arraySort(groupArray((watched.begins, watched.ends))) AS times
    FROM ({{watched}}) AS watched
    GROUP BY watched.repo
) AS seen ON seen.repo = joined.repo
ARRAY JOIN [(2, joined.at - @beside, joined.at), (3, joined.at, least(joined.at + @beside, joined.until))] AS side
WHERE joined.known
    AND lives.birth + @beside <= joined.at
    AND joined.at + @beside <= toUInt32(@at)
    AND arrayFold((until, known) -> if(known.1 <= until, greatest(until, known.2), until), seen.times, toUInt32(joined.at - @beside)) >= joined.at + @beside
    AND (@team = '' OR joined.team = @team)
    AND (@group = '' OR joined.team IN ({{teams_below}}))
