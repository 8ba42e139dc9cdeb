-- catalog_duplicates: what do several entities of a catalog claim?
SELECT
    doubled.source AS source,
    doubled.claims AS claims,
    doubled.place AS place,
    doubled.refs AS refs
FROM catalog_duplicates AS doubled
WHERE doubled.at = ({{judged}})
    AND doubled.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR doubled.source = @source)
ORDER BY
    source,
    place DESC,
    claims
