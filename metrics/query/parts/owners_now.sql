-- owners_now: which team owns each repository as a whole at a moment?
SELECT
    named.name AS repo,
    any(ownership.team) AS team
FROM ownership
INNER JOIN ({{names}}) AS named ON named.id = ownership.repo
WHERE (ownership.repo, ownership.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND ownership.component = ''
    AND ownership.begins <= @at
    AND ownership.ends > @at
GROUP BY named.name
