-- policies: which policies were there in repositories? Of lists in a row by one source that are the same, the first.
SELECT
    policies_turned.repo AS repo,
    policies_turned.source AS source,
    toInt64(policies_turned.seen) AS seen,
    policies_turned.missed AS missed,
    policies_turned.unread AS unread,
    arrayMap(policy -> policy.1, policies_turned.list) AS id,
    arrayMap(policy -> policy.2, policies_turned.list) AS kind,
    arrayMap(policy -> policy.3, policies_turned.list) AS uses,
    arrayMap(policy -> policy.4, policies_turned.list) AS target,
    arrayMap(policy -> policy.5, policies_turned.list) AS file,
    arrayMap(policy -> policy.6, policies_turned.list) AS ref,
    arrayMap(policy -> policy.7, policies_turned.list) AS sha,
    arrayMap(policy -> toInt64(policy.8), policies_turned.list) AS since
FROM policies_turned
WHERE policies_turned.repo IN @repos
ORDER BY
    repo,
    source,
    seen
