-- catalog_duplicates: what do several entities of a catalog claim, and where is each of them?
SELECT
    doubled.source AS source,
    doubled.claims AS claims,
    doubled.place AS place,
    doubled.refs AS refs,
    if(doubled.place, arrayMap(ref -> doubled.claims, doubled.refs), called.places) AS places
FROM catalog_duplicates AS doubled
LEFT JOIN
(
    SELECT
        judged.source AS source,
        concat(judged.kind, ':', judged.name) AS claims,
        arrayMap(lies -> lies.2, arraySort(groupArray((
            concat(judged.kind, ':', judged.namespace, '/', judged.name),
            concat(judged.repo, if(judged.folder = '', '', '//'), judged.folder)
        )))) AS places
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.counted
        AND judged.repo != ''
    GROUP BY
        source,
        claims
    HAVING count() > 1
) AS called ON called.source = doubled.source AND called.claims = doubled.claims
WHERE doubled.at = ({{judged}})
    AND doubled.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR doubled.source = @source OR @source = 'portals' AND doubled.source != 'files')
ORDER BY
    source,
    place DESC,
    claims
