-- spells: how long did a unit stay on which path, as could be told at a moment? One that was left less than
-- leave_after before may have been going on.
WITH
    (
        SELECT max(paths.leave_after)
        FROM paths
        WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    ) AS leave_after
SELECT
    spells.path AS path,
    spells.begins AS begins,
    toUInt32(spells.ends) + if(spells.outcome = 'left', leave_after, 0) > toUInt32(@at) AS lasts,
    if(lasts, NULL, spells.ends) AS ends,
    toUInt8(spells.outcome) AS outcome,
    spells.known AS known,
    spells.choice AS choice,
    toUInt8(spells.origin) AS origin,
    spells.team AS team,
    spells.commit AS commit,
    spells.change AS change
FROM spells
WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spells.repo = @repo
    AND spells.component = @component
    AND spells.begins <= @at
    AND (@path = '' OR spells.path = @path)
ORDER BY
    path,
    begins
