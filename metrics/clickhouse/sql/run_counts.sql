-- run_counts: how many runs of each workflow ended on the default branches of repositories, by the day that they were
-- created on, and how many of them are CI: neither the clock started them nor an issue, a comment or the like. A run
-- that was told of, or tried, several times is one.
SELECT
    runs.repo AS repo,
    runs.workflow AS workflow,
    86400 * toInt64(toUInt16(toDate(runs.created))) AS day,
    toUInt32(uniqExact(runs.id)) AS ended,
    toUInt32(uniqExactIf(runs.id, runs.event IN (
        'push', 'create', 'release', 'deployment', 'deployment_status', 'workflow_dispatch', 'repository_dispatch',
        'workflow_run', 'web', 'webide', 'api', 'trigger', 'external', 'pipeline', 'parent_pipeline'
    ))) AS ci
FROM runs
WHERE runs.repo IN @repos
    AND runs.on_default
    AND NOT runs.imposed
    AND runs.outcome IN ('success', 'failure')
GROUP BY
    runs.repo,
    runs.workflow,
    toDate(runs.created)
ORDER BY
    repo,
    day,
    workflow
