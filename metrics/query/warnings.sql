-- warnings: which files could not be understood, and where? Without a file: what is said of a whole repository.
SELECT
    named.name AS repo,
    warnings.file AS file,
    warnings.line AS line,
    warnings.column AS column,
    warnings.message AS message
FROM warnings
INNER JOIN ({{names}}) AS named ON named.id = warnings.repo
WHERE (warnings.repo, warnings.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND (@repo = 0 OR warnings.repo = @repo)
ORDER BY
    repo,
    file,
    line,
    column,
    message
LIMIT @limit
