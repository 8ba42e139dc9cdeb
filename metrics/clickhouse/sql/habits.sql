-- habits: since when has each account made changes as programs make them, and when the first other one? A merge
-- says nothing of its own. Commits that are read again with another walk are at the same moments.
SELECT
    commits.author AS alias,
    arrayMap(at -> toInt64(at), arraySlice(arraySort(groupUniqArrayIf(commits.committed, commits.routine)), 1, @after)) AS routine,
    if(countIf(NOT commits.routine) = 0, @forever, toInt64(minIf(commits.committed, NOT commits.routine))) AS other
FROM commits
WHERE NOT commits.merge AND commits.author != 0
GROUP BY alias
ORDER BY alias
