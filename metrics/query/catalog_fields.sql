-- catalog_fields: what is each field of each catalog worth?
SELECT
    audited.source AS source,
    audited.field AS field,
    [audited.filled.num, audited.filled.den, audited.filled.unknown] AS filled,
    [audited.right.num, audited.right.den, audited.right.unknown] AS right,
    [audited.wrong.num, audited.wrong.den, audited.wrong.unknown] AS wrong,
    [audited.aged.num, audited.aged.den, audited.aged.unknown] AS aged,
    [audited.machine.num, audited.machine.den, audited.machine.unknown] AS machine,
    [audited.fillable.num, audited.fillable.den, audited.fillable.unknown] AS fillable,
    [audited.followed.num, audited.followed.den, audited.followed.unknown] AS followed,
    audited.distinct AS distinct,
    if(isNaN(audited.age), NULL, audited.age) AS age,
    audited.truth AS truth,
    toString(audited.advice) AS advice,
    audited.why AS why
FROM catalog_audits AS audited
WHERE audited.at = ({{judged}})
    AND audited.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR audited.source = @source OR @source = 'portals' AND audited.source != 'files')
    AND (@advice = '' OR toString(audited.advice) = @advice)
ORDER BY
    source,
    field
