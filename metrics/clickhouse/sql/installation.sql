-- installation: what is kept under a key?
SELECT installation.value AS value
FROM installation FINAL
WHERE installation.key = @key
ORDER BY value
