-- bench_spells: every time on a path of bench_spans is a stay, left where the next is not on the path.
INSERT INTO spells (generation, repo, component, path, begins, ends, outcome, known, choice, origin, actor, team, commit, change, marks)
SELECT
    spans.generation,
    spans.repo,
    spans.component,
    spans.path,
    spans.begins,
    spans.ends,
    multiIf(toUInt32(spans.ends) = 4294967295, 'running', cityHash64(spans.repo, spans.begins) % 4 = 0, 'censored', 'left'),
    cityHash64(spans.repo, spans.begins) % 10 != 1,
    spans.choice,
    spans.origin,
    0,
    spans.team,
    '',
    '',
    []
FROM spans
WHERE spans.state IN ('on', 'mixed')
