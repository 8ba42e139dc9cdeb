-- catalog_episodes: how long did entities of a catalog stay without a wrong field, as judgements told by now?
SELECT
    catalog_episodes.kind AS kind,
    catalog_episodes.namespace AS namespace,
    catalog_episodes.name AS name,
    toInt64(catalog_episodes.confirmed) AS confirmed,
    toInt64(catalog_episodes.wrong) AS wrong,
    toInt64(catalog_episodes.seen) AS seen,
    catalog_episodes.dated AS dated
FROM catalog_episodes FINAL
WHERE catalog_episodes.source = @source
ORDER BY
    kind,
    namespace,
    name,
    confirmed
