-- spells: how long did a unit stay on which path?
SELECT
    spells.path AS path,
    spells.begins AS begins,
    if(toUInt32(spells.ends) = 4294967295, NULL, spells.ends) AS ends,
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
    AND (@path = '' OR spells.path = @path)
ORDER BY
    path,
    begins
