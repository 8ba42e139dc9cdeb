-- catalog_judged: when were catalogs judged last, as of a moment?
SELECT maxOrNull(catalog_judgements.at) AS at
FROM catalog_judgements
WHERE catalog_judgements.at <= @at
