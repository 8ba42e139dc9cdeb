-- memberships: who was in which team when? Each spelling tells what it told when it was last seen. Who was in a team of a
-- host, which begins with an @, or of a catalog, which is a reference, holds as it is told: that ends by itself.
SELECT DISTINCT
    memberships.person AS person,
    memberships.team AS team,
    memberships.source AS source,
    toInt64(memberships.begins) AS begins,
    toInt64(memberships.ends) AS ends
FROM memberships FINAL
INNER JOIN
(
    SELECT
        identities.alias AS alias,
        identities.person AS person,
        identities.source AS source,
        max(identities.seen) AS seen
    FROM identities
    GROUP BY
        identities.alias,
        identities.person,
        identities.source
) AS newest ON newest.alias = memberships.alias AND newest.person = memberships.person AND newest.source = memberships.source
WHERE memberships.seen >= newest.seen
    OR startsWith(memberships.team, '@')
    OR match(memberships.team, '^[^@:/][^:/]*:[^/]+/')
ORDER BY
    person,
    team,
    source,
    begins
