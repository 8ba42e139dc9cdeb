-- friction_members: who was in a platform team when? Each account tells what it told when it was last seen.
SELECT DISTINCT
    memberships.person AS person,
    toUInt32(memberships.begins) AS begins,
    toUInt32(memberships.ends) AS ends
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
    AND memberships.team IN ({{platform_teams}})
ORDER BY
    person,
    begins,
    ends
