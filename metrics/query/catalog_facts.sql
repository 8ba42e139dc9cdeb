-- catalog_facts: what is known of each thing in a catalog that is about a repository, or about a folder in it?
SELECT
    about.source AS source,
    about.kind AS kind,
    about.namespace AS namespace,
    about.name AS name,
    about.fresh AS fresh,
    arrayMap(row -> row.1, stands.rows) AS path,
    arrayMap(row -> row.2, stands.rows) AS state,
    arrayMap(row -> row.3, stands.rows) AS origin,
    arrayMap(row -> row.4, stands.rows) AS voluntary,
    arrayMap(row -> row.5, stands.rows) AS since,
    arrayMap(row -> row.6, stands.rows) AS version
FROM
(
    SELECT
        judged.source AS source,
        judged.kind AS kind,
        judged.namespace AS namespace,
        judged.name AS name,
        toString(judged.fresh) AS fresh,
        judged.repo AS repo,
        judged.folder AS folder
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND judged.counted
        AND judged.repo != ''
        AND (@source IN ('', 'portals') AND judged.source != @described OR judged.source = @source)
        AND (@entity = '' OR concat(if(position(@entity, ':') > 0, concat(judged.kind, ':'), ''), judged.namespace, '/', judged.name) = @entity)
        AND (NOT @continued OR (judged.source, judged.kind, judged.namespace, judged.name) > (@after_source, @after_kind, @after_namespace, @after_name))
    ORDER BY
        judged.source,
        judged.kind,
        judged.namespace,
        judged.name
    LIMIT @limit
) AS about
LEFT JOIN ({{called}}) AS called ON called.name = about.repo
LEFT JOIN
(
    SELECT
        stood.repo AS repo,
        stood.folder AS folder,
        arraySort(groupArray((
            stood.path,
            toUInt8(stood.state),
            toUInt8(stood.origin),
            stood.voluntary,
            stood.since,
            stood.version
        ))) AS rows
    FROM ({{stood}}) AS stood
    GROUP BY
        stood.repo,
        stood.folder
) AS stands ON stands.repo = called.id AND stands.folder = about.folder
ORDER BY
    source,
    kind,
    namespace,
    name
