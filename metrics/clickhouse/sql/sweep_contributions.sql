-- sweep_contributions: remove the rows that a newer published generation has replaced.
ALTER TABLE contributions
DELETE WHERE (contributions.repo, contributions.generation) IN
(
    SELECT
        contributions.repo,
        contributions.generation
    FROM contributions
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = contributions.repo
    WHERE contributions.generation < published.generation
)
SETTINGS mutations_sync = 2
