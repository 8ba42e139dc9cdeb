-- retention: how long did the stays on each path last, as could be told at a moment, by how they began, and by the team that owned the
-- repository then, where that is asked for? A row holds
-- the seconds that the stays of one path and manner of beginning lasted: those that were left, and the others so
-- far.
SELECT
    told.path AS path,
    told.manner AS manner,
    if(@by = '', '', toString(told.team)) AS label,
    groupArrayIf(told.seconds, told.is_left) AS left_after,
    groupArrayIf(told.seconds, NOT told.is_left) AS stayed,
    countIf(told.is_left AND told.returned) AS returned
FROM ({{stays}}) AS told
GROUP BY
    told.path,
    told.manner,
    label
ORDER BY
    path,
    manner,
    label
