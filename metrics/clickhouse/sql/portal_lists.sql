-- portal_lists: when did lists of catalogs begin to have all teams, and when did they end to? The first row of each is its
-- first list. Retired is when the catalog was taken out of the configuration.
SELECT
    turned.source AS source,
    toInt64(turned.at) AS at,
    turned.whole AS whole,
    toInt64(catalogs_retired.at) AS retired
FROM
(
    SELECT
        catalog_lists.source AS source,
        catalog_lists.at AS at,
        catalog_lists.complete AND (empty(catalog_lists.kinds) OR hasAny(catalog_lists.kinds, ['group', 'team', '_team'])) AS whole,
        row_number() OVER in_order AS number,
        lagInFrame(whole) OVER in_order AS before
    FROM catalog_lists FINAL
    WINDOW in_order AS
    (
        PARTITION BY catalog_lists.source
        ORDER BY catalog_lists.at
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS turned
LEFT JOIN catalogs_retired ON catalogs_retired.source = turned.source
WHERE turned.number = 1
    OR turned.whole != turned.before
ORDER BY
    source,
    at
