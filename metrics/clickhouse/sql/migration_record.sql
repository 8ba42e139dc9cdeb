-- migration_record: a migration was applied.
INSERT INTO migrations (name, checksum, applied)
SELECT
    @name,
    @checksum,
    now()
