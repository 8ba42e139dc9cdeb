-- any_blobs: is anything known of any blob?
SELECT count() > 0 AS known
FROM blobs
