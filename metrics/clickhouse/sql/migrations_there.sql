-- migrations_there: is there a table of migrations?
SELECT tables.name AS name
FROM system.tables AS tables
WHERE tables.database = currentDatabase()
    AND tables.name = 'migrations'
ORDER BY name
