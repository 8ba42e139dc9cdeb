-- readings: how did readings of repositories end, oldest first? Of readings in a row by one source that ended
-- alike, the first and the last.
SELECT
    told.repo AS repo,
    told.source AS source,
    told.at AS at,
    told.complete AS complete,
    told.reason AS reason,
    told.detail AS detail,
    told.head AS head,
    told.watched AS watched,
    told.names AS names,
    told.files AS files
FROM
(
    SELECT
        readings.repo AS repo,
        readings.source AS source,
        toInt64(readings.at) AS at,
        readings.complete AS complete,
        readings.reason AS reason,
        readings.detail AS detail,
        readings.head AS head,
        readings.watched AS watched,
        readings.names AS names,
        readings.files AS files,
        row_number() OVER in_order = 1
            OR (lagInFrame(readings.complete) OVER in_order, lagInFrame(readings.reason) OVER in_order, lagInFrame(readings.files) OVER in_order)
                != (readings.complete, readings.reason, readings.files) AS first,
        leadInFrame(readings.repo) OVER in_order = 0
            OR (leadInFrame(readings.complete) OVER in_order, leadInFrame(readings.reason) OVER in_order, leadInFrame(readings.files) OVER in_order)
                != (readings.complete, readings.reason, readings.files) AS last
    FROM readings FINAL
    WHERE readings.repo IN @repos
    WINDOW in_order AS
    (
        PARTITION BY
            readings.repo,
            readings.source
        ORDER BY readings.at
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS told
WHERE told.first
    OR told.last
ORDER BY
    repo,
    at,
    source
