-- sweep_owners_beside: remove the rows that a newer published generation has replaced.
ALTER TABLE owners_beside
DELETE WHERE (owners_beside.repo, owners_beside.generation) IN
(
    SELECT
        owners_beside.repo,
        owners_beside.generation
    FROM owners_beside
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = owners_beside.repo
    WHERE owners_beside.generation < published.generation
)
SETTINGS mutations_sync = 2
