-- contents: what is in these blobs, which these repositories brought?
SELECT
    contents.oid AS oid,
    contents.content AS content
FROM contents
WHERE contents.home IN @homes
    AND contents.oid IN (SELECT unhex(arrayJoin(splitByChar(',', @oids))))
LIMIT 1 BY oid
