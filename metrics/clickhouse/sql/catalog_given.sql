-- catalog_given: what was a portal told last about each of its entities?
SELECT
    catalog_given.kind AS kind,
    catalog_given.namespace AS namespace,
    catalog_given.name AS name,
    argMax(catalog_given.mark, catalog_given.at) AS mark,
    argMax(catalog_given.paths, catalog_given.at) AS paths,
    argMax(catalog_given.abouts, catalog_given.at) AS abouts
FROM catalog_given
WHERE catalog_given.source = @source
GROUP BY
    catalog_given.kind,
    catalog_given.namespace,
    catalog_given.name
ORDER BY
    kind,
    namespace,
    name
