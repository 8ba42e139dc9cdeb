-- members: whom did a source see in which teams of its host or catalog, and when? Those of catalogs are references.
SELECT
    memberships.alias AS alias,
    memberships.person AS person,
    memberships.team AS team,
    memberships.source AS source,
    toInt64(memberships.begins) AS begins,
    toInt64(memberships.ends) AS ends,
    toInt64(memberships.seen) AS seen
FROM memberships FINAL
WHERE memberships.source = @source
    AND (startsWith(memberships.team, '@') OR match(memberships.team, '^[^@:/][^:/]*:[^/]+/'))
ORDER BY
    team,
    alias,
    person,
    begins
