-- friction_runs: which runs of default branches were created in some terms, in the order of created, and what came of them?
-- When they finished is left out where all did by then, be it of all of them (@over), or of a pack. See the schema for what the
-- bytes mean.
SELECT
    run_packs.repo AS repo,
    run_packs.created AS created,
    run_packs.took AS took,
    if(NOT @over AND run_packs.ended > toUInt32(@at), run_packs.finished, '') AS finished
FROM run_packs FINAL
WHERE run_packs.term IN @terms
    AND (NOT @some OR run_packs.repo IN @owned)
SETTINGS do_not_merge_across_partitions_select_final = 1
