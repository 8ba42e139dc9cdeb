-- last_releases: which tags did each source see of repositories, as it saw them last?
SELECT
    releases.repo AS repo,
    releases.tag AS tag,
    releases.object AS object,
    releases.commit AS commit,
    toInt64(releases.at) AS at,
    releases.source AS source,
    toInt64(releases.seen) AS seen
FROM releases FINAL
WHERE (@all OR releases.repo IN @repos)
    AND releases.object != ''
ORDER BY
    repo,
    source,
    tag
