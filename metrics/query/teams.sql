-- teams: which teams are there?
SELECT
    teams.key AS team,
    teams.title AS title,
    teams.group AS group,
    teams.platform AS platform
FROM teams
WHERE teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
ORDER BY team
LIMIT 1 BY team
