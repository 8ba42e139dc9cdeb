-- memberships: who was in which team when? Each spelling tells what it told when it was last seen. Who was in a team of a
-- host, which begins with an @, or of a catalog, which is a reference, holds as it is told: that ends by itself, or with the
-- catalog, when it is not configured any more.
SELECT DISTINCT
    told.person AS person,
    told.team AS team,
    told.source AS source,
    toInt64(told.begins) AS begins,
    toInt64(told.ends) AS ends
FROM
(
    SELECT
        memberships.person AS person,
        memberships.team AS team,
        memberships.source AS source,
        memberships.begins AS begins,
        if(match(memberships.team, '^[^@:/][^:/]*:[^/]+/') AS of_catalog AND catalogs_retired.source != '', least(memberships.ends, catalogs_retired.at), memberships.ends) AS ends,
        memberships.seen >= newest.seen OR startsWith(memberships.team, '@') OR of_catalog AS holds
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
    LEFT JOIN catalogs_retired ON catalogs_retired.source = memberships.source
) AS told
WHERE told.holds
    AND told.begins < told.ends
ORDER BY
    person,
    team,
    source,
    begins
