-- stale_judgements: which tables hold rows of judgements that a newer one has replaced?
SELECT stale.table AS table
FROM
(
    SELECT
        'catalog_verdicts' AS table,
        max(catalog_verdicts.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_verdicts
    UNION ALL
    SELECT
        'catalog_audits' AS table,
        max(catalog_audits.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_audits
    UNION ALL
    SELECT
        'catalog_duplicates' AS table,
        max(catalog_duplicates.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_duplicates
    UNION ALL
    SELECT
        'catalog_disagreements' AS table,
        max(catalog_disagreements.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_disagreements
) AS stale
WHERE stale.stale
ORDER BY table
