-- watched: which files does each fingerprint of a watched set stand for?
SELECT
    walks.watched AS watched,
    any(walks.watch) AS watch,
    any(walks.presence) AS presence
FROM walks
WHERE @all
    OR walks.repo IN @repos
GROUP BY walks.watched
ORDER BY watched
