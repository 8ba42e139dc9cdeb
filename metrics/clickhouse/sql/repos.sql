-- repos: what is known of repositories, oldest first?
SELECT
    repos.id AS id,
    repos.name AS name,
    repos.source AS source,
    toInt64(repos.seen) AS seen,
    repos.location AS location,
    repos.default_branch AS default_branch,
    repos.head AS head,
    toInt64(repos.created) AS created,
    toInt64(repos.last_push) AS last_push,
    repos.archived AS archived,
    toInt64(repos.archived_at) AS archived_at,
    repos.fork AS fork,
    repos.template AS template,
    repos.shallow AS shallow,
    repos.topics AS topics,
    repos.properties AS properties,
    repos.languages AS languages,
    repos.template_of AS template_of,
    repos.host_id AS host_id,
    repos.visibility AS visibility,
    repos.creator AS creator
FROM repos FINAL
WHERE @all
    OR repos.id IN @repos
ORDER BY
    id,
    seen,
    source,
    name
