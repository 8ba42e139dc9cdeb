-- world_walks: how many landed commits has each complete walk?
SELECT
    walks.id AS id,
    walks.commits AS commits
FROM walks FINAL
ORDER BY id
