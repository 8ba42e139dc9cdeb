-- retention: how long did each stay on a path last, in seconds, as could be told at a moment, and how did it begin? The label is
-- the team that owned the repository then, where it is asked for.
--
-- Stays has a number for each stay, packed: whether it was left and was not the last (1 bit), whether it was left (1 bit), and for
-- how long it lasted. Those that were not left go on, as far as is known.
SELECT
    told.path AS path,
    told.manner AS manner,
    if(@by = '', '', toString(told.team)) AS label,
    arrayStringConcat(arrayMap(stay -> reinterpretAsFixedString(stay), groupArray(
        bitShiftLeft(toUInt64(1), 63) + bitShiftLeft(toUInt64(toUInt32(told.seconds)), 2) + bitShiftLeft(toUInt64(told.is_left), 1) + (told.is_left AND told.returned)
    ))) AS stays
FROM ({{stays}}) AS told
GROUP BY
    told.path,
    told.manner,
    label
ORDER BY
    path,
    manner,
    label
