-- teams: which teams are there, configured ones and those that only files name as owners?
SELECT
    known.team AS team,
    max(known.title) AS title,
    max(known.group) AS group,
    max(known.groups) AS groups,
    max(known.weight) AS weight,
    max(known.platform) AS platform,
    max(known.configured) AS configured
FROM
(
    SELECT
        toString(teams.key) AS team,
        teams.title AS title,
        toString(teams.group) AS group,
        teams.groups AS groups,
        teams.weight AS weight,
        teams.platform AS platform,
        teams.configured AS configured
    FROM teams
    WHERE teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    UNION ALL
    SELECT
        toString(owners.team) AS team,
        '' AS title,
        '' AS group,
        [] AS groups,
        0 AS weight,
        false AS platform,
        false AS configured
    FROM
    (
        SELECT DISTINCT ownership.team AS team
        FROM ownership
        WHERE (ownership.repo, ownership.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
            AND ownership.team != ''
    ) AS owners
) AS known
GROUP BY known.team
ORDER BY team
