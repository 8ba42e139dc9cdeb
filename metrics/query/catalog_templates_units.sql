-- catalog_templates_units: how many of the things in catalogs that were created from each template stand how on each path at a
-- moment, and on which version? Those that are in no active unit stand nowhere.
SELECT
    made.source AS source,
    made.template AS template,
    stands.path AS path,
    toString(stands.state) AS state,
    stands.version AS version,
    toUInt32(count()) AS entities
FROM ({{made}}) AS made
INNER JOIN ({{called}}) AS called ON called.name = made.repo
INNER JOIN ({{stood}}) AS stands ON stands.repo = called.id AND stands.folder = made.folder
WHERE (stands.active AND stands.state IN ('on', 'mixed', 'off', 'none') OR stands.state = 'unknown')
    AND (@path = '' OR stands.path = @path)
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
