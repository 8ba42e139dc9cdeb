-- moments: what did each unit and path count for at one moment, and what at another? A span that holds at both is one
-- row.
SELECT
    spans.path AS path,
    spans.repo AS repo,
    spans.component AS component,
    spans.team AS team,
    spans.class AS class,
    spans.begins <= @from AND spans.ends > @from AS at_from,
    spans.begins <= @to AND spans.ends > @to AS at_to
FROM spans
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND (spans.begins <= @from AND spans.ends > @from OR spans.begins <= @to AND spans.ends > @to)
    AND (@path = '' OR spans.path = @path)
