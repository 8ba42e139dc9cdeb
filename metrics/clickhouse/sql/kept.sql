-- kept: of which of these blobs is everything known that can be?
SELECT DISTINCT blobs.oid AS oid
FROM blobs
WHERE blobs.oid IN (SELECT unhex(arrayJoin(splitByChar(',', @oids))))
    AND (blobs.status = 'read' OR blobs.status = 'too_big' AND blobs.size > @limit)
ORDER BY oid
