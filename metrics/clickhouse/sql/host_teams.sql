-- host_teams: which teams do code hosts and catalogs have? Those of catalogs that are not configured any more were there
-- until then.
SELECT
    host_teams.ref AS ref,
    host_teams.parent AS parent,
    host_teams.name AS name,
    host_teams.source AS source,
    toInt64(host_teams.seen) AS seen,
    host_teams.aliases AS aliases,
    toInt64(catalogs_retired.at) AS retired
FROM host_teams FINAL
LEFT JOIN catalogs_retired ON catalogs_retired.source = host_teams.source
ORDER BY
    source,
    ref
