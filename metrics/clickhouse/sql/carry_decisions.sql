-- carry_decisions: take over what is in force of these repositories about these paths, under a new generation.
INSERT INTO decisions
SELECT * REPLACE (toUInt64(@generation) AS generation)
FROM decisions
WHERE decisions.repo IN @repos
    AND decisions.path IN @paths
    AND (decisions.repo, decisions.generation) IN (SELECT current.repo, current.generation FROM current FINAL WHERE current.repo IN @repos)
