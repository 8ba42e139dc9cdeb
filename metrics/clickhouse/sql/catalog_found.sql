-- catalog_found: which fields of a catalog were wrong when it was judged the last time, and since when, and of which was enough
-- known to say that they were not? Of where something lies in a folder there is evidence where that is known of the repository.
SELECT
    judged.kind AS kind,
    judged.namespace AS namespace,
    judged.name AS name,
    judged.one.1 AS field,
    judged.one.2 AS field_values,
    judged.one.4 = 'wrong' AS wrong,
    toInt64(judged.one.3) AS since,
    judged.one.6 AS dated,
    judged.one.5 AS cause
FROM
(
    SELECT
        catalog_verdicts.kind AS kind,
        catalog_verdicts.namespace AS namespace,
        catalog_verdicts.name AS name,
        arrayJoin(arrayFilter(
            one -> one.4 IN ('right', 'wrong')
                OR one.5 = 'repo_quiet'
                OR catalog_verdicts.folder != '' AND one.1 = 'source' AND one.5 = 'unchecked'
                    AND JSONLength(catalog_verdicts.evidence, indexOf(catalog_verdicts.field, 'source')) > 0,
            arrayZip(
                catalog_verdicts.field,
                catalog_verdicts.field_values,
                catalog_verdicts.since,
                catalog_verdicts.verdict,
                catalog_verdicts.cause,
                catalog_verdicts.dated
            )
        )) AS one
    FROM catalog_verdicts
    WHERE catalog_verdicts.source = @source
        AND catalog_verdicts.at = (SELECT max(catalog_judgements.at) FROM catalog_judgements)
) AS judged
ORDER BY
    kind,
    namespace,
    name,
    field
