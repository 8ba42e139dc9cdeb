-- stood: how does each place that things in catalogs are about stand on each path at a moment? As the unit does that it is in:
-- the smallest that the path has there.
SELECT
    places.repo AS repo,
    places.folder AS folder,
    spans.path AS path,
    spans.state AS state,
    spans.origin AS origin,
    spans.voluntary AS voluntary,
    spans.since AS since,
    spans.version AS version,
    spans.active AS active
FROM spans
INNER JOIN ({{places}}) AS places ON places.repo = spans.repo AND places.component = spans.component
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND spans.ends > @at
ORDER BY length(places.component) DESC
LIMIT 1 BY
    repo,
    folder,
    path
