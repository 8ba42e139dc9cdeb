-- tables_there: is there any table but that of migrations?
SELECT tables.name AS name
FROM system.tables AS tables
WHERE tables.database = currentDatabase()
    AND tables.name != 'migrations'
LIMIT 1
