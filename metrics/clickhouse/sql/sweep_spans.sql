-- sweep_spans: remove the rows that a newer published generation has replaced.
ALTER TABLE spans
DELETE WHERE (spans.repo, spans.generation) IN
(
    SELECT
        spans.repo,
        spans.generation
    FROM spans
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = spans.repo
    WHERE spans.generation < published.generation
)
SETTINGS mutations_sync = 2
