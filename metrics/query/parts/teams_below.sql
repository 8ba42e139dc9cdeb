-- teams_below: which teams belong to a group, at any depth?
SELECT teams.key
FROM teams
WHERE has(teams.groups, @group)
    AND teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
