-- catalog_teams: which teams are there for certain: configured, at code hosts, in catalogs, or meant by an owner?
SELECT DISTINCT known.team AS team
FROM
(
    SELECT toString(teams.key) AS team
    FROM teams
    WHERE teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
        AND teams.configured
    UNION ALL
    SELECT lower(extract(toString(host_teams.ref), '[^/:@]+$')) AS team
    FROM host_teams
    WHERE host_teams.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND startsWith(host_teams.ref, '@') -- those of catalogs are among what is judged, as long as they are there
    UNION ALL
    SELECT judged.name AS team
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND judged.kind IN ('group', 'team', '_team')
    UNION ALL
    SELECT arrayJoin(judged.owner_teams) AS team
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND judged.counted
        AND toString(judged.owner_steps[2]) = 'yes'
) AS known
WHERE known.team != ''
ORDER BY team
