-- catalog_without: how fresh would each catalog be without some of its fields? Where nothing is left that makes an entity
-- fresh, nothing is counted.
SELECT
    judged.source AS source,
    toUInt32(countIf(judged.fresh = 2)) AS num,
    toUInt32(count()) AS den,
    toUInt32(countIf(judged.fresh = 1)) AS unknown
FROM
(
    SELECT
        verdicts.source AS source,
        multiIf(
            arrayExists(
                (field, verdict) -> has(told.left, field) AND field != 'owner' AND toString(verdict) IN ('wrong', 'aged'),
                verdicts.field,
                verdicts.verdict
            ),
            0,
            has(told.left, 'owner'),
            toInt8(verdicts.owner_right),
            2
        ) AS fresh
    FROM catalog_verdicts AS verdicts
    INNER JOIN
    (
        SELECT
            catalog_judgements.source AS source,
            arrayFilter(field -> NOT has(@fields, field), arrayPushFront(catalog_judgements.fresh_fields, 'owner')) AS left
        FROM catalog_judgements
        WHERE catalog_judgements.at = ({{judged}})
    ) AS told ON told.source = verdicts.source
    WHERE verdicts.at = ({{judged}})
        AND verdicts.counted
        AND notEmpty(told.left)
        AND verdicts.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND (@source = '' OR verdicts.source = @source)
) AS judged
GROUP BY judged.source
ORDER BY source
