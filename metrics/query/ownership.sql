-- ownership: who owned the units of a repository, from when until when, and who said so, as of a moment?
SELECT
    ownership.component AS component,
    toString(ownership.team) AS team,
    ownership.begins AS begins,
    if(ownership.ends > @at, NULL, ownership.ends) AS ends,
    toString(ownership.source) AS source
FROM ownership
WHERE (ownership.repo, ownership.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND ownership.repo = @repo
    AND (@any_component OR ownership.component = @component)
    AND ownership.begins <= @at
ORDER BY
    component,
    begins
