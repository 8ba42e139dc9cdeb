-- retention: how long did the stays on each path last, as could be told at a moment, by how they began? A row holds
-- the seconds that the stays of one path and manner of beginning lasted: those that were left, and the others so
-- far.
SELECT
    told.path AS path,
    told.manner AS manner,
    groupArrayIf(told.seconds, told.is_left) AS left_after,
    groupArrayIf(told.seconds, NOT told.is_left) AS stayed,
    countIf(told.is_left AND told.returned) AS returned
FROM ({{stays}}) AS told
GROUP BY
    told.path,
    told.manner
ORDER BY
    path,
    manner
