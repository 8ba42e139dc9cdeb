-- catalog_snapshots: how did sources see each entity of their catalogs the last time?
SELECT
    catalog_entities.source AS source,
    catalog_entities.kind AS kind,
    catalog_entities.namespace AS namespace,
    catalog_entities.name AS name,
    toInt64(catalog_entities.seen) AS seen,
    catalog_entities.gone AS gone,
    catalog_entities.field AS field,
    catalog_entities.field_values AS field_values,
    catalog_entities.unresolved AS unresolved,
    arrayMap(since -> toInt64(since), catalog_entities.since) AS since,
    arrayMap(by -> toUInt8(by), catalog_entities.edited_by) AS edited_by,
    catalog_entities.repo AS repo,
    catalog_entities.folder AS folder,
    catalog_entities.descriptor_repo AS descriptor_repo,
    catalog_entities.descriptor_path AS descriptor_path,
    catalog_entities.orphan AS orphan,
    catalog_entities.problems AS problems,
    toInt64(catalog_entities.edited) AS edited,
    toInt64(catalog_entities.verified) AS verified,
    catalog_entities.owner AS owner,
    catalog_entities.owner_person AS owner_person,
    catalog_entities.owner_gone AS owner_gone,
    arrayMap(since -> toInt64(since), catalog_entities.owner_gone_since) AS owner_gone_since
FROM catalog_entities
WHERE @source = ''
    OR catalog_entities.source = @source
ORDER BY
    source,
    kind,
    namespace,
    name,
    catalog_entities.seen DESC
LIMIT 1 BY
    catalog_entities.source,
    catalog_entities.kind,
    catalog_entities.namespace,
    catalog_entities.name
