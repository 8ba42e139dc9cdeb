-- made: which things in catalogs say from which template they were created?
SELECT
    judged.source AS source,
    judged.repo AS repo,
    judged.folder AS folder,
    judged.field_values[indexOf(judged.field, 'template')][1] AS template
FROM catalog_verdicts AS judged
WHERE judged.at = ({{judged}})
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND judged.counted
    AND judged.field_values[indexOf(judged.field, 'template')][1] != ''
    AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
    AND (@template = '' OR judged.field_values[indexOf(judged.field, 'template')][1] = @template)
