-- scan_catalogs: what did each reading of a catalog come to, since a moment, and what was its portal told behind it? Its
-- entities were seen at the moment of its list.
SELECT
    catalog_lists.source AS source,
    catalog_lists.at AS at,
    catalog_lists.complete AS complete,
    catalog_lists.entities AS entities,
    written.changed AS changed,
    written.gone AS gone,
    told.given AS given,
    told.detail AS not_given
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
LEFT JOIN
(
    SELECT
        catalog_givings.source AS source,
        catalog_givings.list AS list,
        catalog_givings.given AS given,
        catalog_givings.detail AS detail
    FROM catalog_givings FINAL
    WHERE catalog_givings.list >= @since
) AS told ON told.source = catalog_lists.source AND told.list = catalog_lists.at
WHERE catalog_lists.at >= @since
ORDER BY
    at,
    source
