-- sweep_decisions: remove the rows that a newer published generation has replaced.
ALTER TABLE decisions
DELETE WHERE (decisions.repo, decisions.generation) IN
(
    SELECT
        decisions.repo,
        decisions.generation
    FROM decisions
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = decisions.repo
    WHERE decisions.generation < published.generation
)
SETTINGS mutations_sync = 2
