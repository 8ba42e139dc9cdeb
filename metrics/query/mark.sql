-- mark: which generation is the newest in force, and which scan ended last? While both stay the same, so do the
-- answers to all questions.
SELECT
    published.generation AS generation,
    newest.id AS scan,
    newest.ended AS ended
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
) AS newest
ORDER BY generation
