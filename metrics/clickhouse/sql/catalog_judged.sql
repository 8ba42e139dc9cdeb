-- catalog_judged: when were catalogs judged the last time?
SELECT toInt64(max(catalog_judgements.at)) AS at
FROM catalog_judgements
