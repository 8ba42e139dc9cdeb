-- mark: which generation is the newest in force, which scan ended last, which baseline was frozen last, and when were
-- catalogs judged last? While all stay the same, so do the answers to all questions.
SELECT
    published.generation AS generation,
    newest.id AS scan,
    newest.ended AS ended,
    frozen.newest AS frozen,
    judged.newest AS judged
FROM
(
    SELECT max(current.generation) AS generation
    FROM current
) AS published
CROSS JOIN
(
    SELECT
        argMax(scans.id, (scans.ended, scans.id)) AS id,
        max(scans.ended) AS ended
    FROM scans
    WHERE scans.state = ''
) AS newest
CROSS JOIN
(
    SELECT max(okr_baselines.frozen) AS newest
    FROM okr_baselines
) AS frozen
CROSS JOIN
(
    SELECT max(catalog_judgements.at) AS newest
    FROM catalog_judgements
) AS judged
ORDER BY generation
