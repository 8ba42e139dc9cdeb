-- fresh: which generation is the newest, when did the newest scan end that came to its end, and when the first such, and how many
-- units are unknown on some path at a moment?
SELECT
    published.generation AS generation,
    newest.ended AS scanned,
    newest.first AS first,
    unread.units AS unknown
FROM
(
    SELECT max(current.generation) AS generation
    FROM current
) AS published
CROSS JOIN
(
    SELECT
        max(scans.ended) AS ended,
        min(scans.ended) AS first
    FROM scans
    WHERE scans.state = ''
) AS newest
CROSS JOIN
(
    SELECT uniqExact(spans.repo, spans.component) AS units
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND spans.ends > @at
        AND spans.state = 'unknown'
) AS unread
ORDER BY generation
