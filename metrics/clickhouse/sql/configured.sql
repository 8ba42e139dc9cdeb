-- configured: which sources were configured when that was said last, and when was that?
SELECT
    toInt64(configured.at) AS at,
    configured.sources AS sources
FROM configured FINAL
ORDER BY at DESC
LIMIT 1
