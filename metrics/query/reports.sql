-- reports: which reports were sent to whom, or tried to be? Of one attempt the state counts that it came to, of all
-- attempts the one that came furthest: sent, begun, claimed, failed. Whoever only claimed it and has said nothing since @died
-- sent nothing, and comes last.
SELECT
    toString(attempts.week) AS week,
    attempts.scope AS scope,
    attempts.recipient AS recipient,
    argMax(attempts.state, (attempts.rank, attempts.at)) AS state,
    argMax(attempts.at, (attempts.rank, attempts.at)) AS at,
    count() AS attempts,
    argMax(attempts.detail, (attempts.rank, attempts.at)) AS detail
FROM
(
    SELECT
        reports_sent.week AS week,
        reports_sent.scope AS scope,
        reports_sent.recipient AS recipient,
        max(reports_sent.state) AS state,
        if(max(reports_sent.state) = 1 AND max(reports_sent.at) < @died, 0, transform(max(reports_sent.state), [4, 2, 1, 3], [4, 3, 2, 1], 0)) AS rank,
        argMax(reports_sent.at, (reports_sent.state, reports_sent.at)) AS at,
        argMax(reports_sent.detail, (reports_sent.state, reports_sent.at)) AS detail
    FROM reports_sent
    GROUP BY
        reports_sent.week,
        reports_sent.scope,
        reports_sent.recipient,
        reports_sent.id
) AS attempts
GROUP BY
    attempts.week,
    attempts.scope,
    attempts.recipient
ORDER BY
    attempts.week DESC,
    scope,
    recipient
