-- side_changes: what did the commits behind merges do to watched files, walk by walk?
SELECT
    side_changes.repo AS repo,
    side_changes.walk AS walk,
    side_changes.pos AS pos,
    side_changes.seq AS seq,
    side_changes.path AS path,
    side_changes.blob AS blob
FROM side_changes
WHERE side_changes.repo IN @repos
    AND side_changes.walk IN (SELECT walks.id FROM walks WHERE walks.repo IN @repos)
    AND side_changes.walk NOT IN @abandoned
ORDER BY
    repo,
    walk,
    pos,
    seq,
    path
