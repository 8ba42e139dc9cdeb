-- left: which fields make an entity of each catalog fresh without some?
SELECT
    catalog_judgements.source AS source,
    arrayFilter(field -> NOT has(@fields, field), arrayPushFront(catalog_judgements.fresh_fields, 'owner')) AS left
FROM catalog_judgements
WHERE catalog_judgements.at = ({{judged}})
