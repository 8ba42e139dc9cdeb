-- catalog: what did each catalog come to when they were judged last, as of a moment?
SELECT
    judged.source AS source,
    judged.at AS at,
    judged.entities AS entities,
    [judged.fresh.num, judged.fresh.den, judged.fresh.unknown] AS fresh,
    [judged.owners.num, judged.owners.den, judged.owners.unknown] AS owners,
    [judged.coverage.num, judged.coverage.den, judged.coverage.unknown] AS coverage,
    [judged.ghosts.num, judged.ghosts.den, judged.ghosts.unknown] AS ghosts,
    [judged.followed.num, judged.followed.den, judged.followed.unknown] AS followed,
    arrayMap(step -> [step.num, step.den, step.unknown], judged.ladder) AS ladder,
    judged.orphans AS orphans,
    if(faults.source = '', NULL, faults.n) AS problems,
    judged.unread AS unread,
    toUInt32(length(judged.dark)) AS dark,
    if(isNaN(judged.half_life), NULL, judged.half_life) AS half_life,
    if(told.source = '', NULL, told.at) AS read_at,
    if(told.source = '', judged.detail = '', told.complete) AS complete,
    if(told.source = '', judged.detail, told.detail) AS detail
FROM catalog_judgements AS judged FINAL
LEFT JOIN
(
    SELECT
        catalog_lists.source AS source,
        catalog_lists.at AS at,
        catalog_lists.complete AS complete,
        catalog_lists.detail AS detail
    FROM catalog_lists
    WHERE catalog_lists.at <= @at
    ORDER BY catalog_lists.at DESC
    LIMIT 1 BY catalog_lists.source
) AS told ON told.source = judged.source
LEFT JOIN
(
    SELECT
        verdicts.source AS source,
        toUInt32(countIf(notEmpty(verdicts.problems))) AS n
    FROM catalog_verdicts AS verdicts
    WHERE verdicts.at = (SELECT max(catalog_judgements.at) FROM catalog_judgements)
        AND verdicts.at = (SELECT max(catalog_judgements.at) FROM catalog_judgements WHERE catalog_judgements.at <= @at)
    GROUP BY verdicts.source
) AS faults ON faults.source = judged.source
WHERE judged.at = (SELECT max(catalog_judgements.at) FROM catalog_judgements WHERE catalog_judgements.at <= @at)
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired WHERE catalogs_retired.at <= @at)
    AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
ORDER BY source
