-- friction_upkeep_units: which changes were merged, one by one, in the repositories that platform teams owned then?
SELECT
    merged.repo AS repo,
    merged.number AS number,
    merged.team AS team,
    merged.author AS author,
    merged.author_kind AS author_kind,
    merged.class AS class,
    merged.labels AS labels,
    merged.at AS at
FROM ({{platform_pulls}}) AS merged
