-- sweep_spells: remove the rows that a newer published generation has replaced.
ALTER TABLE spells
DELETE WHERE (spells.repo, spells.generation) IN
(
    SELECT
        spells.repo,
        spells.generation
    FROM spells
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = spells.repo
    WHERE spells.generation < published.generation
)
SETTINGS mutations_sync = 2
