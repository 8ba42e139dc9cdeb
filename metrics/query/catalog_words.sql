-- catalog_words: which kinds, fields, repositories or references do the entities of catalogs have that were judged last?
SELECT DISTINCT arrayJoin(multiIf(
    @what = 'kind', [toString(judged.kind)],
    @what = 'repo', [judged.repo],
    @what = 'entity', [concat(judged.kind, ':', judged.namespace, '/', judged.name)],
    arrayMap(name -> toString(name), judged.field)
)) AS word
FROM catalog_verdicts AS judged
WHERE judged.at = ({{judged}})
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
ORDER BY word
