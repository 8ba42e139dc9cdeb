-- hinted: which deliveries came since a time, be they done or not?
SELECT DISTINCT hints.id AS id
FROM hints
WHERE hints.at >= @since
ORDER BY id
