-- sweep_warnings: remove the rows that a newer published generation has replaced.
ALTER TABLE warnings
DELETE WHERE (warnings.repo, warnings.generation) IN
(
    SELECT
        warnings.repo,
        warnings.generation
    FROM warnings
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = warnings.repo
    WHERE warnings.generation < published.generation
)
SETTINGS mutations_sync = 2
