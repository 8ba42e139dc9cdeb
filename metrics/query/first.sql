-- first: when did the first thing happen, on a path or on any?
SELECT toInt64(min(events.at)) AS at
FROM events
WHERE (events.repo, events.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND (@path = '' OR events.path = @path)
HAVING count() > 0
