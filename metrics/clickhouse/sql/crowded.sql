-- crowded: which tables consist of so many parts, or more?
SELECT parts.table AS name
FROM system.parts AS parts
WHERE parts.database = currentDatabase()
    AND parts.active
GROUP BY parts.table
HAVING count() >= @parts
ORDER BY name
