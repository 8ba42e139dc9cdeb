-- retention: how long did each stay on a path last, in seconds, as could be told at a moment, and how did it begin? The label is
-- the team that owned the repository then, where it is asked for. Of a stay that was left returned is whether it was not the
-- last; the others go on, as far as is known.
SELECT
    told.path AS path,
    told.manner AS manner,
    if(@by = '', '', toString(told.team)) AS label,
    toUInt32(told.seconds) AS seconds,
    told.is_left AS is_left,
    told.is_left AND told.returned AS returned
FROM ({{stays}}) AS told
