-- catalog_templates: from which templates were things in catalogs created that are in them now, how many from each, and where
-- does the template lie?
SELECT
    made.source AS source,
    made.template AS template,
    toUInt32(count()) AS entities,
    any(laid.there) AS there,
    any(laid.repo) AS repo,
    any(laid.folder) AS folder
FROM ({{made}}) AS made
LEFT JOIN
(
    SELECT
        judged.source AS source,
        concat(judged.kind, ':', judged.namespace, '/', judged.name) AS ref,
        true AS there,
        any(judged.repo) AS repo,
        any(judged.folder) AS folder
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
    GROUP BY
        source,
        ref
) AS laid ON laid.source = made.source AND laid.ref = made.template
GROUP BY
    made.source,
    made.template
ORDER BY
    source,
    template
