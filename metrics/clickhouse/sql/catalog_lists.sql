-- catalog_lists: how was each catalog read the last time, and the last time that it was whole?
SELECT
    catalog_lists.source AS source,
    toInt64(catalog_lists.at) AS at,
    catalog_lists.complete AS complete,
    catalog_lists.kinds AS kinds,
    catalog_lists.entities AS entities,
    catalog_lists.requests AS requests,
    catalog_lists.detail AS detail
FROM catalog_lists
ORDER BY
    source,
    complete,
    catalog_lists.at DESC
LIMIT 1 BY
    catalog_lists.source,
    catalog_lists.complete
