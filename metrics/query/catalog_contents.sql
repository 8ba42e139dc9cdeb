-- catalog_contents: what is in these files, as far as anybody read them?
SELECT
    hex(contents.oid) AS oid,
    contents.content AS content
FROM contents
WHERE (contents.home, contents.oid) IN
(
    SELECT
        blobs.home,
        blobs.oid
    FROM blobs
    WHERE blobs.oid IN (SELECT unhex(arrayJoin(splitByChar(',', @oids))))
        AND blobs.status = 'read'
)
ORDER BY oid
LIMIT 1 BY oid
