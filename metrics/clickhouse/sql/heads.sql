-- heads: which head did each repository have when it was last seen?
SELECT
    repos.id AS id,
    argMax(repos.head, (repos.seen, repos.source)) AS head
FROM repos
WHERE @all
    OR repos.id IN @repos
GROUP BY repos.id
ORDER BY id
