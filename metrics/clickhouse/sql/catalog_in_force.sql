-- catalog_in_force: which catalogs were judged when any were the last time?
SELECT judged.source AS source
FROM catalog_judgements AS judged FINAL
WHERE judged.at = (SELECT max(catalog_judgements.at) FROM catalog_judgements)
ORDER BY source
