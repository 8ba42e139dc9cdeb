-- friction_newcomers: of each account, when and where did it first contribute anything, which team owned that then,
-- when were its first ten proposed changes merged, and is it known to be a program? A contribution is a commit that is
-- no merge, or a proposed change; what a repository had before its host had it, and what a fork has, is none here.
SELECT
    firsts.alias AS alias,
    firsts.at AS at,
    firsts.repo AS repo,
    if(owned.ends > firsts.at, owned.team, '') AS team,
    firsts.repo IN (
        SELECT repos.id
        FROM repos
        WHERE repos.source IN (SELECT pulls.source FROM pulls)
    ) AS pulls_known,
    firsts.merged AS merged,
    firsts.routine AS routine,
    firsts.other AS other,
    firsts.program AS program
FROM
(
    SELECT
        contributed.alias AS alias,
        toUInt32(min(contributed.at)) AS at,
        argMin(contributed.repo, (contributed.at, contributed.repo)) AS repo,
        groupArrayArray(contributed.merged) AS merged,
        sum(contributed.routine) AS routine,
        sum(contributed.other) AS other,
        max(contributed.program) AS program
    FROM
    (
        SELECT
            commits.author AS alias,
            commits.repo AS repo,
            min(commits.committed) AS at,
            emptyArrayUInt32() AS merged,
            uniqExactIf(commits.committed, commits.routine) AS routine,
            countIf(NOT commits.routine) AS other,
            false AS program
        FROM commits
        INNER JOIN
        (
            SELECT
                repos.id AS id,
                max(repos.created) AS created,
                argMax(repos.fork, (repos.host_id != '', repos.seen)) AS fork
            FROM repos
            GROUP BY repos.id
        ) AS hosted ON hosted.id = commits.repo
        WHERE commits.author != 0
            AND NOT commits.merge
            AND NOT hosted.fork
            AND commits.committed <= @at
            AND toUInt32(commits.committed) + 86400 >= toUInt32(hosted.created)
        GROUP BY
            commits.author,
            commits.repo
        UNION ALL
        SELECT
            pulls.author AS alias,
            argMin(pulls.repo, (pulls.created, pulls.repo)) AS repo,
            min(pulls.created) AS at,
            groupArraySortedIf(10)(toUInt32(pulls.merged), pulls.merged > 0 AND pulls.merged <= @at) AS merged,
            0 AS routine,
            0 AS other,
            max(pulls.author_kind IN ('bot', 'initiator')) AS program
        FROM pulls FINAL
        WHERE pulls.author != 0
            AND pulls.created <= @at
        GROUP BY pulls.author
    ) AS contributed
    GROUP BY contributed.alias
) AS firsts
ASOF LEFT JOIN
(
    SELECT
        ownership.repo AS repo,
        toUInt32(ownership.begins) AS begins,
        toUInt32(ownership.ends) AS ends,
        ownership.team AS team
    FROM ownership
    WHERE (ownership.repo, ownership.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND ownership.component = ''
) AS owned ON owned.repo = firsts.repo AND owned.begins <= firsts.at
ORDER BY alias
