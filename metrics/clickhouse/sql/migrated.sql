-- migrated: which migrations were applied, in which form?
SELECT
    migrations.name AS name,
    migrations.checksum AS checksum
FROM migrations FINAL
ORDER BY name
