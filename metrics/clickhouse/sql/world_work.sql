-- world_work: how often did whom commit to repositories, and to folders of some of them, day by day or, where that is asked for,
-- at each moment? Of some repositories alone that may be from a moment of their own on. Merges aside, of what counts
-- of walks: none that are abandoned, and others up to where they are cut. Whom a program made it for is one text. A folder is
-- '' for all of the repository; one that is asked for, with all below it; or one with a slash behind it, for commits to some
-- folder below that, nobody knows which. That is all which is known of commits of walks that did not keep folders.
SELECT
    work.repo AS repo,
    work.folder AS folder,
    work.author AS author,
    work.made_for AS made_for,
    toUInt32(countIf(work.committed >= @lately)) AS lately,
    toUInt32(count()) AS times,
    toInt64(max(work.committed)) AS last
FROM
(
    SELECT
        commits.repo AS repo,
        commits.author AS author,
        if(
            commits.author IN (SELECT identities.alias FROM identities WHERE identities.kind = 'initiator'),
            arrayStringConcat(arrayConcat(commits.requested_by, commits.co_authors), ' '),
            ''
        ) AS made_for,
        commits.committed AS committed,
        multiIf(
            commits.repo NOT IN @within,
            [],
            commits.walk NOT IN (SELECT walks.id FROM walks FINAL WHERE walks.repo IN @repos AND walks.folders),
            ['/'],
            arrayDistinct(arrayFilter(
                place -> place IN @folders OR endsWith(place, '/'),
                arrayFlatten(arrayMap(
                    parts -> arrayMap(n -> arrayStringConcat(arraySlice(parts, 1, n), '/'), arrayEnumerate(parts)),
                    arrayMap(folder -> splitByChar('/', folder), arrayMap(folder -> toString(folder), commits.folders))
                ))
            ))
        ) AS places,
        arrayJoin(arrayConcat([''], places)) AS folder
    FROM commits FINAL
    WHERE commits.repo IN @repos
        AND commits.committed >= @since
        AND toInt64(commits.committed) >= transform(commits.repo, @each, @froms, toInt64(0))
        AND commits.committed <= @until
        AND NOT commits.merge
        AND (
            @anybody
            OR bitXor(commits.repo, commits.author) IN @by
            OR commits.author IN (SELECT identities.alias FROM identities WHERE identities.kind = 'initiator')
        )
        AND commits.walk IN (SELECT walks.id FROM walks WHERE walks.repo IN @repos)
        AND commits.walk NOT IN @abandoned
        AND commits.pos < transform(commits.walk, @cut, @ends, toUInt32(4294967295))
) AS work
GROUP BY
    work.repo,
    work.folder,
    work.author,
    work.made_for,
    if(@exactly, toUInt32(work.committed), toUInt32(toDate(work.committed, 'UTC')))
ORDER BY
    repo,
    folder,
    author,
    made_for,
    last
