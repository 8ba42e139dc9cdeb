-- friction_reds: when did workflows of each repository turn red, from the first failure after a success, and when was each
-- green again? See the schema for what the bytes mean.
SELECT
    run_reds.repo AS repo,
    run_reds.red AS red,
    run_reds.green AS green
FROM run_reds FINAL
WHERE (NOT @some OR run_reds.repo IN @owned)
