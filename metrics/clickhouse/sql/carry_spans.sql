-- carry_spans: take over what is in force of these repositories about these paths, under a new generation.
INSERT INTO spans
SELECT * REPLACE (toUInt64(@generation) AS generation)
FROM spans
WHERE spans.repo IN @repos
    AND spans.path IN @paths
    AND (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL WHERE current.repo IN @repos)
