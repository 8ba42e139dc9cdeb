-- time_to_adopt: how long did units take to come to each path, and how long have the others been without it, as
-- could be told at a moment? A row holds the seconds that the units of a path took, and those for which the others
-- were followed without it.
SELECT
    waits.path AS path,
    if(@by = '', '', toString(waits.team)) AS label,
    groupArrayIf(waits.seconds, waits.is_adopted) AS adopted_after,
    groupArrayIf(waits.seconds, NOT waits.is_adopted) AS waited
FROM ({{waits}}) AS waits
GROUP BY
    waits.path,
    label
ORDER BY
    path,
    label
