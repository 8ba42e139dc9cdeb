-- stale: which tables hold rows that a newer published generation has replaced?
SELECT
    stale.table AS table,
    stale.rows AS rows
FROM
(
    SELECT
        'spans' AS table,
        count() AS rows
    FROM spans
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = spans.repo
    WHERE spans.generation < published.generation
    UNION ALL
    SELECT
        'events' AS table,
        count() AS rows
    FROM events
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = events.repo
    WHERE events.generation < published.generation
    UNION ALL
    SELECT
        'spells' AS table,
        count() AS rows
    FROM spells
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = spells.repo
    WHERE spells.generation < published.generation
    UNION ALL
    SELECT
        'decisions' AS table,
        count() AS rows
    FROM decisions
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = decisions.repo
    WHERE decisions.generation < published.generation
    UNION ALL
    SELECT
        'contributions' AS table,
        count() AS rows
    FROM contributions
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = contributions.repo
    WHERE contributions.generation < published.generation
    UNION ALL
    SELECT
        'ownership' AS table,
        count() AS rows
    FROM ownership
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = ownership.repo
    WHERE ownership.generation < published.generation
    UNION ALL
    SELECT
        'described' AS table,
        count() AS rows
    FROM described
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = described.repo
    WHERE described.generation < published.generation
    UNION ALL
    SELECT
        'owners_beside' AS table,
        count() AS rows
    FROM owners_beside
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = owners_beside.repo
    WHERE owners_beside.generation < published.generation
    UNION ALL
    SELECT
        'warnings' AS table,
        count() AS rows
    FROM warnings
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = warnings.repo
    WHERE warnings.generation < published.generation
    UNION ALL
    SELECT
        'paths' AS table,
        count() AS rows
    FROM paths
    WHERE paths.generation < (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    UNION ALL
    SELECT
        'teams' AS table,
        count() AS rows
    FROM teams
    WHERE teams.generation < (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    UNION ALL
    SELECT
        'groups' AS table,
        count() AS rows
    FROM groups
    WHERE groups.generation < (SELECT max(current.generation) FROM current WHERE current.repo = 0)
) AS stale
WHERE stale.rows > 0
ORDER BY table
