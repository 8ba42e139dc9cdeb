-- carry_contributions: take over what is in force of these repositories about these paths, under a new generation.
INSERT INTO contributions
SELECT * REPLACE (toUInt64(@generation) AS generation)
FROM contributions
WHERE contributions.repo IN @repos
    AND contributions.path IN @paths
    AND (contributions.repo, contributions.generation) IN (SELECT current.repo, current.generation FROM current FINAL WHERE current.repo IN @repos)
