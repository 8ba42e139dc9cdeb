-- carry_spells: take over what is in force of these repositories about these paths, under a new generation.
INSERT INTO spells
SELECT * REPLACE (toUInt64(@generation) AS generation)
FROM spells
WHERE spells.repo IN @repos
    AND spells.path IN @paths
    AND (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL WHERE current.repo IN @repos)
