-- friction_joins: when did each repository come to each of some paths, for the first time, and until when did it stay? Place is
-- that of the path among those that are asked about, from 1 on.
SELECT
    joined.repo AS repo,
    joined.place AS place,
    joined.begins AS begins,
    joined.ends AS ends
FROM
(
    SELECT
        spells.repo AS repo,
        toUInt16(transform(spells.path, @paths, arrayEnumerate(@paths), toUInt32(0))) AS place,
        toUInt32(min(spells.begins)) AS begins,
        toUInt32(argMin(spells.ends, spells.begins)) AS ends,
        argMin(spells.known, spells.begins) AS known,
        argMin(spells.team, spells.begins) AS team
    FROM spells
    WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spells.component = ''
        AND spells.begins <= @at
        AND spells.path IN @paths
        AND (NOT @some OR spells.repo IN @owned)
    GROUP BY
        spells.repo,
        place
) AS joined
WHERE joined.known
    AND (@team = '' OR joined.team = @team)
    AND (@group = '' OR joined.team IN ({{teams_below}}))
