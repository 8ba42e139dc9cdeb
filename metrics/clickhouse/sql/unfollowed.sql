-- unfollowed: which repositories have files that may name others, and were read before anybody looked, until when?
SELECT
    unfollowed.repo AS repo,
    toInt64(max(unfollowed.at)) AS at
FROM unfollowed
WHERE @all
    OR unfollowed.repo IN @repos
GROUP BY unfollowed.repo
ORDER BY repo
