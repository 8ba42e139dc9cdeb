-- brought: what is in all the blobs that these repositories brought?
SELECT
    contents.oid AS oid,
    contents.content AS content
FROM contents
WHERE contents.home IN @homes
