-- file_changes: what did landed commits of repositories do to watched files, walk by walk?
SELECT
    file_changes.repo AS repo,
    file_changes.walk AS walk,
    file_changes.pos AS pos,
    file_changes.path AS path,
    file_changes.blob AS blob
FROM file_changes
WHERE file_changes.repo IN @repos
    AND file_changes.walk IN (SELECT walks.id FROM walks WHERE walks.repo IN @repos)
    AND file_changes.walk NOT IN @abandoned
ORDER BY
    repo,
    walk,
    pos,
    path
