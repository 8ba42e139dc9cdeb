-- friction_people: which accounts are one person, and what kind are they?
SELECT
    identities.alias AS alias,
    groupUniqArray(identities.person) AS persons,
    toUInt8(argMax(identities.kind, (identities.seen, identities.kind))) AS kind
FROM identities
GROUP BY identities.alias
ORDER BY alias
