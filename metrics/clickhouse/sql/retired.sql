-- retired: which sources brought repositories and are not configured any more?
SELECT retired.source AS source
FROM retired
ORDER BY source
