-- spells: how long did which unit stay on which path, as published?
SELECT
    spells.repo AS repo,
    spells.component AS component,
    spells.path AS path,
    toInt64(spells.begins) AS begins,
    toInt64(spells.ends) AS ends,
    toUInt8(spells.outcome) AS outcome,
    spells.known AS known,
    spells.choice AS choice,
    toUInt8(spells.origin) AS origin,
    spells.actor AS actor,
    spells.team AS team,
    spells.commit AS commit,
    spells.change AS change,
    spells.machine AS machine,
    spells.marks AS marks
FROM spells
WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
ORDER BY
    path,
    repo,
    component,
    begins
