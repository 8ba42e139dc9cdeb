-- platform_pulls: which changes were merged in the repositories that platform teams owned then?
SELECT
    merged.repo AS repo,
    merged.number AS number,
    merged.author AS author,
    merged.author_kind AS author_kind,
    merged.class AS class,
    merged.labels AS labels,
    merged.at AS at,
    owned.team AS team
FROM
(
    SELECT
        pulls.repo AS repo,
        pulls.number AS number,
        pulls.author AS author,
        toUInt8(pulls.author_kind) AS author_kind,
        pulls.class AS class,
        arraySort(pulls.labels) AS labels,
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
