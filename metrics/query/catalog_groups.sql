-- catalog_groups: which groups, as those of Backstage are, does each catalog have?
SELECT DISTINCT
    judged.source AS source,
    judged.namespace AS namespace,
    judged.name AS name
FROM catalog_verdicts AS judged
WHERE judged.at = ({{judged}})
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND judged.kind = 'group'
ORDER BY
    source,
    namespace,
    name
