-- judged: when were catalogs judged the last time?
SELECT max(catalog_judgements.at)
FROM catalog_judgements
