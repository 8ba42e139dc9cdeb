-- friction_upkeep: which changes were merged, by whose account, in the repositories that platform teams owned then? A
-- row holds the moments of those that tell the same about themselves.
SELECT
    merged.author AS author,
    merged.author_kind AS author_kind,
    merged.class AS class,
    merged.labels AS labels,
    arraySort(groupArray(merged.at)) AS at
FROM ({{platform_pulls}}) AS merged
GROUP BY
    author,
    author_kind,
    class,
    labels
ORDER BY
    author,
    author_kind,
    class,
    labels
