-- generation: which is the newest generation in force anywhere?
SELECT max(current.generation) AS generation
FROM current
