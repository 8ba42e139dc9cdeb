-- catalog_claims: what do catalogs say, and what did they, of who owns repositories? Every time that an entity was seen
-- otherwise which is or was about one of them, and the end of all that catalogs say which are not configured any more.
WITH touched AS
(
    SELECT DISTINCT
        named.id AS repo,
        catalog_entities.source AS source,
        catalog_entities.kind AS kind,
        catalog_entities.namespace AS namespace,
        catalog_entities.name AS name
    FROM catalog_entities
    INNER JOIN
    (
        SELECT
            repos.name AS name,
            argMax(repos.id, repos.seen) AS id
        FROM repos
        GROUP BY repos.name
    ) AS named ON named.name = catalog_entities.repo
    WHERE named.id IN @repos
)
SELECT
    claims.repo AS repo,
    claims.source AS source,
    claims.kind AS kind,
    claims.namespace AS namespace,
    claims.name AS name,
    claims.seen AS seen,
    claims.folder AS folder,
    claims.gone AS gone,
    claims.understood AS understood,
    claims.typed AS typed,
    claims.lost AS lost,
    claims.typed_lost AS typed_lost
FROM
(
    SELECT
        touched.repo AS repo,
        catalog_entities.source AS source,
        catalog_entities.kind AS kind,
        catalog_entities.namespace AS namespace,
        catalog_entities.name AS name,
        toInt64(catalog_entities.seen) AS seen,
        catalog_entities.folder AS folder,
        catalog_entities.gone OR about.id != touched.repo AS gone,
        arrayFilter((owner, person) -> owner != '' AND person = 0, catalog_entities.owner, catalog_entities.owner_person) AS understood,
        if(
            catalog_entities.unresolved[indexOf(catalog_entities.field, 'owner')] OR arrayExists(person -> person != 0, catalog_entities.owner_person),
            [],
            catalog_entities.field_values[indexOf(catalog_entities.field, 'owner')]
        ) AS typed,
        arrayFilter((owner, person, lost) -> owner != '' AND person = 0 AND lost, catalog_entities.owner, catalog_entities.owner_person, catalog_entities.owner_gone) AS lost,
        if(length(typed) = length(catalog_entities.owner_gone), arrayFilter((name, lost) -> lost, typed, catalog_entities.owner_gone), []) AS typed_lost
    FROM catalog_entities FINAL
    INNER JOIN touched
        ON touched.source = catalog_entities.source
        AND touched.kind = catalog_entities.kind
        AND touched.namespace = catalog_entities.namespace
        AND touched.name = catalog_entities.name
    LEFT JOIN
    (
        SELECT
            repos.name AS name,
            argMax(repos.id, repos.seen) AS id
        FROM repos
        GROUP BY repos.name
    ) AS about ON about.name = catalog_entities.repo
    UNION ALL
    SELECT
        touched.repo AS repo,
        touched.source AS source,
        touched.kind AS kind,
        touched.namespace AS namespace,
        touched.name AS name,
        toInt64(catalogs_retired.at) AS seen,
        '' AS folder,
        true AS gone,
        [] AS understood,
        [] AS typed,
        [] AS lost,
        [] AS typed_lost
    FROM touched
    INNER JOIN catalogs_retired ON catalogs_retired.source = touched.source
) AS claims
ORDER BY
    repo,
    seen,
    source,
    kind,
    namespace,
    name
