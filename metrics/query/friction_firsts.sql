-- friction_firsts: when did the first pipeline of each repository succeed on its default branch, and when the first deployment?
SELECT
    run_packs.repo AS repo,
    'scaffold' AS measure,
    min(run_packs.green) AS at
FROM run_packs FINAL
WHERE run_packs.green > 0
    AND (NOT @some OR run_packs.repo IN @owned)
GROUP BY run_packs.repo
UNION ALL
SELECT
    deployments.repo AS repo,
    'deploy' AS measure,
    toUInt32(min(greatest(deployments.created, deployments.finished))) AS at
FROM deployments
WHERE deployments.outcome = 'success'
    AND (NOT @some OR deployments.repo IN @owned)
GROUP BY deployments.repo
