-- links_told: which links do entities have, of some catalogs and in files?
SELECT DISTINCT told.url AS url
FROM
(
    SELECT arrayJoin(newest.links) AS url
    FROM
    (
        SELECT
            catalog_entities.gone AS gone,
            if(
                catalog_entities.unresolved[indexOf(catalog_entities.field, 'links')],
                [],
                catalog_entities.field_values[indexOf(catalog_entities.field, 'links')]
            ) AS links
        FROM catalog_entities
        WHERE catalog_entities.source IN @sources
        ORDER BY catalog_entities.seen DESC
        LIMIT 1 BY
            catalog_entities.source,
            catalog_entities.kind,
            catalog_entities.namespace,
            catalog_entities.name
    ) AS newest
    WHERE NOT newest.gone
    UNION ALL
    SELECT arrayJoin(described.field_values[indexOf(described.field, 'links')]) AS url
    FROM described
    WHERE (described.repo, described.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND NOT described.unresolved[indexOf(described.field, 'links')]
) AS told
ORDER BY url
