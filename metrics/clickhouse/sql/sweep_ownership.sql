-- sweep_ownership: remove the rows that a newer published generation has replaced.
ALTER TABLE ownership
DELETE WHERE (ownership.repo, ownership.generation) IN
(
    SELECT
        ownership.repo,
        ownership.generation
    FROM ownership
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = ownership.repo
    WHERE ownership.generation < published.generation
)
SETTINGS mutations_sync = 2
