-- stale_reds: of which repositories are there packs of runs that are not the ones in which it was looked when they were red?
SELECT packs.repo AS repo
FROM
(
    SELECT
        terms.repo AS repo,
        bitShiftLeft(max(bitShiftRight(terms.version, 32)), 32) + sum(bitAnd(terms.version, 4294967295)) AS version
    FROM
    (
        SELECT
            run_packs.repo AS repo,
            run_packs.term AS term,
            max(run_packs.version) AS version
        FROM run_packs
        GROUP BY
            run_packs.repo,
            run_packs.term
    ) AS terms
    GROUP BY terms.repo
) AS packs
LEFT JOIN
(
    SELECT
        run_reds.repo AS repo,
        max(run_reds.version) AS version
    FROM run_reds
    GROUP BY run_reds.repo
) AS reds ON reds.repo = packs.repo
WHERE reds.version != packs.version
ORDER BY repo
