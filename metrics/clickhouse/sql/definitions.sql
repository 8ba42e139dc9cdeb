-- definitions: which definitions were in force from when?
SELECT
    toInt64(definitions.in_force) AS in_force,
    definitions.fingerprint AS fingerprint,
    definitions.body AS body
FROM definitions FINAL
ORDER BY
    in_force,
    fingerprint
