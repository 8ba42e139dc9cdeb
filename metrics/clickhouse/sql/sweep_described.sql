-- sweep_described: remove the rows that a newer published generation has replaced.
ALTER TABLE described
DELETE WHERE (described.repo, described.generation) IN
(
    SELECT
        described.repo,
        described.generation
    FROM described
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = described.repo
    WHERE described.generation < published.generation
)
SETTINGS mutations_sync = 2
