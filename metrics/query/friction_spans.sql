-- friction_spans: what became of each unit on each path, up to a moment? Place is that of the path among those that are asked
-- about, from 1 on; 0 of others, which tell how long a repository was there. Seen is whether a begin is one.
SELECT
    spans.repo AS repo,
    spans.component AS component,
    toUInt16(transform(spans.path, @paths, arrayEnumerate(@paths), toUInt32(0))) AS place,
    spans.team AS team,
    toUInt8(toInt8(spans.state)) AS state,
    toUInt32(spans.begins) AS begins,
    toUInt32(spans.ends) AS ends,
    spans.dated AND spans.reason != 'before_graft' AS seen,
    spans.active AS active
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND (NOT @some OR spans.repo IN @owned)
