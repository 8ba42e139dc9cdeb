-- portal_teams: when do catalogs have each of their teams, and when did they?
SELECT
    stays.source AS source,
    stays.name AS name,
    toInt64(stays.seen) AS begins,
    if(stays.until = 0, @forever, toInt64(stays.until)) AS ends
FROM
(
    SELECT
        turned.source AS source,
        turned.name AS name,
        turned.seen AS seen,
        turned.gone AS gone,
        leadInFrame(toUInt32(turned.seen)) OVER (
            PARTITION BY
                turned.source,
                turned.kind,
                turned.namespace,
                turned.name
            ORDER BY turned.seen
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS until
    FROM
    (
        SELECT
            catalog_entities.source AS source,
            catalog_entities.kind AS kind,
            catalog_entities.namespace AS namespace,
            catalog_entities.name AS name,
            catalog_entities.seen AS seen,
            catalog_entities.gone AS gone,
            lagInFrame(toUInt8(catalog_entities.gone), 1, 1) OVER (
                PARTITION BY
                    catalog_entities.source,
                    catalog_entities.kind,
                    catalog_entities.namespace,
                    catalog_entities.name
                ORDER BY catalog_entities.seen
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS before
        FROM catalog_entities FINAL
        WHERE catalog_entities.kind IN ('group', 'team', '_team')
    ) AS turned
    WHERE turned.gone != turned.before
) AS stays
WHERE NOT stays.gone
ORDER BY
    source,
    name,
    begins
