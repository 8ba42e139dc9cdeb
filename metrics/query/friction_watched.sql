-- friction_watched: in which times are all runs of each repository known? Deploys is whether the source of it tells of
-- deployments, too.
SELECT
    watched.repo AS repo,
    watched.begins AS begins,
    watched.ends AS ends,
    watched.source IN (SELECT deployments.source FROM deployments) AS deploys
FROM ({{watched}}) AS watched
WHERE (NOT @some OR watched.repo IN @owned)
