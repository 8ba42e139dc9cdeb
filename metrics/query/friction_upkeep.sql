-- friction_upkeep: which changes were merged, by whose account, in the repositories that platform teams owned then? A
-- row holds the moments of those that tell the same about themselves.
SELECT
    merged.author AS author,
    toUInt8(merged.author_kind) AS author_kind,
    merged.class AS class,
    arraySort(merged.labels) AS labels,
    arraySort(groupArray(merged.at)) AS at
FROM
(
    SELECT
        pulls.repo AS repo,
        pulls.author AS author,
        pulls.author_kind AS author_kind,
        pulls.class AS class,
        pulls.labels AS labels,
        toUInt32(pulls.merged) AS at
    FROM pulls FINAL
    WHERE pulls.repo IN (
            SELECT ownership.repo
            FROM ownership
            WHERE ownership.component = ''
                AND ownership.team IN ({{platform_teams}})
        )
        AND pulls.merged > 0
        AND pulls.merged >= @from
        AND pulls.merged < @to
        AND pulls.merged <= @at
) AS merged
ASOF INNER JOIN
(
    SELECT
        ownership.repo AS repo,
        toUInt32(ownership.begins) AS begins,
        toUInt32(ownership.ends) AS ends,
        ownership.team AS team
    FROM ownership
    WHERE (ownership.repo, ownership.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND ownership.component = ''
) AS owned ON owned.repo = merged.repo AND owned.begins <= merged.at
WHERE owned.ends > merged.at
    AND owned.team IN ({{platform_teams}})
    AND (@team = '' OR owned.team = @team)
    AND (@group = '' OR owned.team IN ({{teams_below}}))
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
