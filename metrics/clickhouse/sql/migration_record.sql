-- migration_record: migrations were applied.
INSERT INTO migrations (name, checksum, applied)
SELECT
    done.pair.1,
    done.pair.2,
    now()
FROM (SELECT arrayJoin(arrayZip(@names, @checksums)) AS pair) AS done
