-- stale_judgements: which tables hold rows of judgements that a newer one has replaced, and of those that have one for each judgement
-- which partitions?
SELECT
    stale.table AS table,
    stale.partition AS partition
FROM
(
    SELECT DISTINCT
        'catalog_verdicts' AS table,
        catalog_verdicts._partition_id AS partition,
        catalog_verdicts.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements) AS stale
    FROM catalog_verdicts
    UNION ALL
    SELECT
        'catalog_audits' AS table,
        '' AS partition,
        max(catalog_audits.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_audits
    UNION ALL
    SELECT
        'catalog_duplicates' AS table,
        '' AS partition,
        max(catalog_duplicates.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_duplicates
    UNION ALL
    SELECT
        'catalog_disagreements' AS table,
        '' AS partition,
        max(catalog_disagreements.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)) AS stale
    FROM catalog_disagreements
) AS stale
WHERE stale.stale
ORDER BY
    table,
    partition
