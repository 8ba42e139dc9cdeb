-- hints: what did hosts tell of since a time that is not done yet, oldest first?
SELECT
    hints.id AS id,
    hints.host AS host,
    hints.repo AS repo,
    hints.host_id AS host_id,
    hints.listing AS listing,
    hints.event AS event,
    hints.action AS action,
    toInt64(hints.at) AS at
FROM hints FINAL
WHERE hints.at >= @since
    AND hints.done = 0
ORDER BY
    at,
    id
