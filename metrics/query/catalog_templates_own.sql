-- catalog_templates_own: which version of each path do the places have at a moment in which templates lie?
SELECT
    places.source AS source,
    places.template AS template,
    stands.path AS path,
    stands.version AS version
FROM
(
    SELECT
        judged.source AS source,
        concat(judged.kind, ':', judged.namespace, '/', judged.name) AS template,
        judged.repo AS repo,
        judged.folder AS folder
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND (judged.source, concat(judged.kind, ':', judged.namespace, '/', judged.name)) IN (SELECT made.source, made.template FROM ({{made}}) AS made)
) AS places
INNER JOIN ({{called}}) AS called ON called.name = places.repo
INNER JOIN
(
    SELECT
        spans.repo AS repo,
        spans.component AS component,
        spans.path AS path,
        spans.version AS version
    FROM spans
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND spans.ends > @at
        AND spans.state IN ('on', 'mixed')
        AND (@path = '' OR spans.path = @path)
) AS stands ON stands.repo = called.id AND stands.component = places.folder
ORDER BY
    source,
    template,
    path,
    version
LIMIT 1 BY
    source,
    template,
    path
