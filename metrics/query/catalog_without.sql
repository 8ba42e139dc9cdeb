-- catalog_without: how fresh would each catalog be without some of its fields? Where nothing is left that makes an entity
-- fresh, nothing is counted.
SELECT
    entities.source AS source,
    toUInt32(countIf(entities.fresh = 2)) AS num,
    toUInt32(count()) AS den,
    toUInt32(countIf(entities.fresh = 1)) AS unknown
FROM
(
    SELECT
        judged.source AS source,
        {{without}} AS fresh
    FROM catalog_verdicts AS judged
    INNER JOIN
    (
        {{left}}
    ) AS told ON told.source = judged.source
    WHERE judged.at = ({{judged}})
        AND judged.counted
        AND notEmpty(told.left)
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
) AS entities
GROUP BY entities.source
ORDER BY source
