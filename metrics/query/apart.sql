-- apart: of which repositories do sources have different heads?
SELECT DISTINCT named.name AS repo
FROM warnings
INNER JOIN ({{names}}) AS named ON named.id = warnings.repo
WHERE (warnings.repo, warnings.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND warnings.file = ''
ORDER BY repo
