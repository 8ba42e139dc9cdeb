-- blobs: what is known of these blobs? Of several rows of one the best.
SELECT
    blobs.oid AS oid,
    toUInt8(blobs.status) AS status,
    blobs.size AS size,
    blobs.home AS home
FROM blobs
WHERE blobs.oid IN (SELECT unhex(arrayJoin(splitByChar(',', @oids))))
ORDER BY
    oid,
    status,
    home
LIMIT 1 BY oid
