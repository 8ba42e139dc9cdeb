-- groups: which groups of teams are there, those that are defined and those that only teams name, and which
-- teams are below each?
SELECT
    known.group AS group,
    if(max(known.title) = '', known.group, max(known.title)) AS title,
    max(known.parent) AS parent,
    max(known.groups) AS groups,
    arraySort(groupUniqArrayIf(known.team, known.team != '')) AS teams
FROM
(
    SELECT
        toString(groups.key) AS group,
        groups.title AS title,
        toString(groups.parent) AS parent,
        groups.groups AS groups,
        '' AS team
    FROM groups
    WHERE groups.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    UNION ALL
    SELECT
        toString(above) AS group,
        '' AS title,
        '' AS parent,
        [] AS groups,
        toString(teams.key) AS team
    FROM teams
    ARRAY JOIN teams.groups AS above
    WHERE teams.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
) AS known
GROUP BY known.group
ORDER BY group
