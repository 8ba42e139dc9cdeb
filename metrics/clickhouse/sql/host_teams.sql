-- host_teams: which teams do code hosts have?
SELECT
    host_teams.ref AS ref,
    host_teams.parent AS parent,
    host_teams.name AS name,
    host_teams.source AS source,
    toInt64(host_teams.seen) AS seen,
    host_teams.aliases AS aliases
FROM host_teams FINAL
ORDER BY
    source,
    ref
