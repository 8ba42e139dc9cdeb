-- carry_events: take over what is in force of these repositories about these paths, under a new generation.
INSERT INTO events
SELECT * REPLACE (toUInt64(@generation) AS generation)
FROM events
WHERE events.repo IN @repos
    AND events.path IN @paths
    AND (events.repo, events.generation) IN (SELECT current.repo, current.generation FROM current FINAL WHERE current.repo IN @repos)
