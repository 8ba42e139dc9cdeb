-- definitions: which definitions were in force from when, up to a moment?
SELECT
    definitions.in_force AS in_force,
    definitions.body AS body
FROM definitions FINAL
WHERE definitions.in_force <= @at
ORDER BY
    in_force,
    definitions.fingerprint
