-- world_deployments: which repositories are deployed to production, as the names of environments tell, and when was that done
-- last? It is 0 where it never succeeded.
SELECT
    deployments.repo AS repo,
    toInt64(maxIf(greatest(deployments.created, deployments.finished), deployments.outcome = 'success')) AS at
FROM deployments
WHERE match(lower(deployments.environment), '(^|[^a-z])(production|prod|prd|live)([^a-z]|$)')
GROUP BY deployments.repo
ORDER BY repo
