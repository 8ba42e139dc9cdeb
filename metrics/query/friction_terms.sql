-- friction_terms: how many packs of runs are there of each term?
SELECT
    run_packs.term AS term,
    count() AS packs
FROM run_packs
WHERE run_packs.term >= intDiv(toUInt32(@from), 7257600)
    AND run_packs.term <= intDiv(toUInt32(@to), 7257600)
    AND (NOT @some OR run_packs.repo IN @owned)
GROUP BY run_packs.term
ORDER BY term
