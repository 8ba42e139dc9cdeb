-- told_open: since when are there runs of repositories, and deployments, that had not ended when each source saw them
-- last?
SELECT
    told.repo AS repo,
    told.source AS source,
    toInt64(max(told.running)) AS running,
    toInt64(max(told.deploying)) AS deploying
FROM
(
    SELECT
        seen.repo AS repo,
        seen.source AS source,
        min(seen.created) AS running,
        toDateTime(0, 'UTC') AS deploying
    FROM
    (
        SELECT
            runs.repo AS repo,
            runs.source AS source,
            runs.id AS id,
            min(runs.created) AS created,
            argMax(runs.outcome, (runs.attempt, runs.seen)) AS outcome
        FROM runs
        WHERE (@all OR runs.repo IN @repos)
            AND (runs.repo, runs.id) IN (SELECT open.repo, open.id FROM runs AS open WHERE open.outcome IN ('waiting', 'running'))
        GROUP BY
            runs.repo,
            runs.source,
            runs.id
    ) AS seen
    WHERE seen.outcome IN ('waiting', 'running')
    GROUP BY
        seen.repo,
        seen.source
    UNION ALL
    SELECT
        seen.repo AS repo,
        seen.source AS source,
        toDateTime(0, 'UTC') AS running,
        min(seen.created) AS deploying
    FROM
    (
        SELECT
            deployments.repo AS repo,
            deployments.source AS source,
            deployments.id AS id,
            min(deployments.created) AS created,
            argMax(deployments.outcome, deployments.seen) AS outcome
        FROM deployments
        WHERE (@all OR deployments.repo IN @repos)
            AND (deployments.repo, deployments.id) IN (SELECT open.repo, open.id FROM deployments AS open WHERE open.outcome IN ('waiting', 'running'))
        GROUP BY
            deployments.repo,
            deployments.source,
            deployments.id
    ) AS seen
    WHERE seen.outcome IN ('waiting', 'running')
    GROUP BY
        seen.repo,
        seen.source
) AS told
GROUP BY
    told.repo,
    told.source
ORDER BY
    repo,
    source
