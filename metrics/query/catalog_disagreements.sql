-- catalog_disagreements: on which fields do catalogs say different things of one place?
SELECT
    odds.place AS place,
    odds.field AS field,
    odds.a_source AS a_source,
    odds.a_ref AS a_ref,
    odds.a_values AS a_values,
    odds.b_source AS b_source,
    odds.b_ref AS b_ref,
    odds.b_values AS b_values
FROM catalog_disagreements AS odds
WHERE odds.at = ({{judged}})
    AND odds.a_source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND odds.b_source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@field = '' OR odds.field = @field)
ORDER BY
    place,
    field,
    a_source,
    b_source
