-- told_policies: which policies did each source see last in repositories?
SELECT
    policies.repo AS repo,
    policies.source AS source,
    toInt64(policies.seen) AS seen,
    policies.missed AS missed,
    policies.unread AS unread,
    policies.id AS id,
    policies.kind AS kind,
    policies.uses AS uses,
    policies.target AS target,
    policies.file AS file,
    policies.ref AS ref,
    policies.sha AS sha,
    arrayMap(since -> toInt64(since), policies.since) AS since
FROM policies
WHERE @all
    OR policies.repo IN @repos
ORDER BY
    policies.repo,
    policies.source,
    policies.seen DESC
LIMIT 1 BY
    policies.repo,
    policies.source
