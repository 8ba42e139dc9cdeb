-- scan_catalogs: what did each reading of a catalog come to, since a moment? Its entities were seen at the moment of its list.
SELECT
    catalog_lists.source AS source,
    catalog_lists.at AS at,
    catalog_lists.complete AS complete,
    catalog_lists.entities AS entities,
    written.changed AS changed,
    written.gone AS gone
FROM catalog_lists FINAL
LEFT JOIN
(
    SELECT
        catalog_entities.source AS source,
        catalog_entities.seen AS seen,
        countIf(NOT catalog_entities.gone) AS changed,
        countIf(catalog_entities.gone) AS gone
    FROM catalog_entities FINAL
    WHERE catalog_entities.seen >= @since
    GROUP BY
        catalog_entities.source,
        catalog_entities.seen
) AS written ON written.source = catalog_lists.source AND written.seen = catalog_lists.at
WHERE catalog_lists.at >= @since
ORDER BY
    at,
    source
