-- time_to_adopt: how long did units take to come to each path, and how long have the others been without it, as
-- could be told at a moment?
--
-- Waits has a number for each unit, packed: whether it came (1 bit), and the seconds that it took, or for which it was followed.
SELECT
    waits.path AS path,
    if(@by = '', '', toString(waits.team)) AS label,
    arrayStringConcat(arrayMap(wait -> reinterpretAsFixedString(wait), groupArray(
        bitShiftLeft(toUInt64(1), 63) + bitShiftLeft(toUInt64(waits.seconds), 1) + waits.is_adopted
    ))) AS waits
FROM ({{waits}}) AS waits
GROUP BY
    waits.path,
    label
ORDER BY
    path,
    label
