-- blobs: what is in these blobs? Of several rows of one the best.
SELECT
    blobs.oid AS oid,
    toUInt8(blobs.status) AS status,
    blobs.size AS size,
    blobs.content AS content
FROM blobs
WHERE blobs.oid IN arrayMap(hexed -> unhex(hexed), @oids)
ORDER BY
    oid,
    status
LIMIT 1 BY oid
