-- generation: which is the newest generation that any row carries, published or not?
SELECT max(every.newest) AS newest
FROM
(
    SELECT max(current.generation) AS newest
    FROM current
    UNION ALL
    SELECT max(spans.generation) AS newest
    FROM spans
    UNION ALL
    SELECT max(events.generation) AS newest
    FROM events
    UNION ALL
    SELECT max(spells.generation) AS newest
    FROM spells
    UNION ALL
    SELECT max(decisions.generation) AS newest
    FROM decisions
    UNION ALL
    SELECT max(contributions.generation) AS newest
    FROM contributions
    UNION ALL
    SELECT max(ownership.generation) AS newest
    FROM ownership
    UNION ALL
    SELECT max(described.generation) AS newest
    FROM described
    UNION ALL
    SELECT max(owners_beside.generation) AS newest
    FROM owners_beside
    UNION ALL
    SELECT max(warnings.generation) AS newest
    FROM warnings
    UNION ALL
    SELECT max(paths.generation) AS newest
    FROM paths
    UNION ALL
    SELECT max(teams.generation) AS newest
    FROM teams
) AS every
