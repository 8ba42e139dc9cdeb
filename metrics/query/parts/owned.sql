-- owned: which repositories did the teams ever own that are asked about?
SELECT spans.repo AS repo
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
UNION ALL
SELECT spells.repo AS repo
FROM spells
WHERE (spells.repo, spells.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND (@team = '' OR spells.team = @team)
    AND (@group = '' OR spells.team IN ({{teams_below}}))
