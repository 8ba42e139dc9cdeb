-- catalog_gone: which entities of a name did catalogs have, and since when do they not?
SELECT
    told.source AS source,
    concat(told.kind, ':', told.namespace, '/', told.name) AS entity,
    max(told.seen) AS at
FROM catalog_entities AS told
WHERE told.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR told.source = @source OR @source = 'portals' AND told.source != 'files')
    AND concat(if(position(@entity, ':') > 0, concat(told.kind, ':'), ''), told.namespace, '/', told.name) = @entity
GROUP BY
    told.source,
    told.kind,
    told.namespace,
    told.name
HAVING argMax(told.gone, told.seen)
ORDER BY
    at DESC,
    source,
    entity
