-- sendings: how do the attempts stand to send a report of a week to a recipient?
SELECT
    reports_sent.id AS id,
    max(reports_sent.state) AS state,
    toInt64(toUInt32(argMax(reports_sent.at, (reports_sent.state, reports_sent.at)))) AS at,
    argMax(reports_sent.detail, (reports_sent.state, reports_sent.at)) AS detail
FROM reports_sent
WHERE reports_sent.recipient = @recipient
    AND reports_sent.scope = @scope
    AND reports_sent.week = toDate(@week)
GROUP BY reports_sent.id
ORDER BY id
