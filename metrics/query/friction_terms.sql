-- friction_terms: how many packs of runs are there of each term, and when did the last of their runs finish?
SELECT
    run_packs.term AS term,
    count() AS packs,
    max(run_packs.ended) AS ended
FROM run_packs
WHERE run_packs.term >= intDiv(toUInt32(@from), 7257600)
    AND run_packs.term <= intDiv(toUInt32(@to), 7257600)
    AND (NOT @some OR run_packs.repo IN @owned)
GROUP BY run_packs.term
ORDER BY term
