-- told_times: up to when does each source know what was proposed to repositories, and what was deployed?
SELECT
    told.repo AS repo,
    told.source AS source,
    toInt64(max(told.pulled)) AS pulled,
    toInt64(max(told.deployed)) AS deployed
FROM
(
    SELECT
        pulls.repo AS repo,
        pulls.source AS source,
        max(pulls.updated) AS pulled,
        toDateTime(0, 'UTC') AS deployed
    FROM pulls
    WHERE @all
        OR pulls.repo IN @repos
    GROUP BY
        pulls.repo,
        pulls.source
    UNION ALL
    SELECT
        deployments.repo AS repo,
        deployments.source AS source,
        toDateTime(0, 'UTC') AS pulled,
        max(deployments.seen) AS deployed
    FROM deployments
    WHERE @all
        OR deployments.repo IN @repos
    GROUP BY
        deployments.repo,
        deployments.source
) AS told
GROUP BY
    told.repo,
    told.source
ORDER BY
    repo,
    source
