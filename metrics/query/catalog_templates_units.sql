-- catalog_templates_units: how many of the things in catalogs that were created from each template stand how on each path at a
-- moment, and on which version? Those that are about no active unit stand nowhere.
SELECT
    made.source AS source,
    made.template AS template,
    stands.path AS path,
    toString(stands.state) AS state,
    stands.version AS version,
    toUInt32(count()) AS entities
FROM ({{made}}) AS made
INNER JOIN ({{called}}) AS called ON called.name = made.repo
INNER JOIN
(
    SELECT
        spans.repo AS repo,
        spans.component AS component,
        spans.path AS path,
        spans.state AS state,
        spans.version AS version
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND spans.ends > @at
        AND (spans.active AND spans.state IN ('on', 'mixed', 'off', 'none') OR spans.state = 'unknown')
        AND (@path = '' OR spans.path = @path)
) AS stands ON stands.repo = called.id AND stands.component = made.folder
GROUP BY
    made.source,
    made.template,
    stands.path,
    stands.state,
    stands.version
ORDER BY
    source,
    template,
    path,
    state,
    version
