-- platform_teams: which teams provide paths?
SELECT teams.key
FROM teams
WHERE teams.platform
    AND teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
