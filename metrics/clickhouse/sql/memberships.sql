-- memberships: who was in which team when?
SELECT
    memberships.person AS person,
    memberships.team AS team,
    memberships.source AS source,
    toInt64(memberships.begins) AS begins,
    toInt64(memberships.ends) AS ends
FROM memberships FINAL
ORDER BY
    person,
    team,
    source,
    begins
