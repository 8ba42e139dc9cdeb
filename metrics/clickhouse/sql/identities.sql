-- identities: which spelling belongs to which person?
SELECT
    identities.alias AS alias,
    identities.person AS person,
    toUInt8(identities.kind) AS kind,
    identities.source AS source,
    toInt64(identities.seen) AS seen
FROM identities FINAL
ORDER BY
    alias,
    person,
    source
