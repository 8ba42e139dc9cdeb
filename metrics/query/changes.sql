-- changes: for what did units count on each path at one of two moments, and for what at the other? Those that a span holds at
-- both are counted together, by team and class, which is explained in the schema: most are so. Of the others each has a row
-- for either moment, of a number that is its own. Wanted is whether its team then is asked about.
SELECT
    held.path AS path,
    held.team AS team,
    held.class AS class,
    held.at_from AS at_from,
    held.at_to AS at_to,
    if(held.at_from AND held.at_to, 0, cityHash64(held.repo, held.component)) AS unit,
    any((@team = '' OR held.team = @team) AND (@group = '' OR held.team IN ({{teams_below}}))) AS wanted,
    count() AS n
FROM
(
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
) AS held
GROUP BY
    held.path,
    held.team,
    held.class,
    held.at_from,
    held.at_to,
    unit
