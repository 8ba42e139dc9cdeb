-- file_states: which sets of watched files were seen of repositories?
SELECT
    file_states.repo AS repo,
    file_states.files AS files,
    file_states.path AS path,
    file_states.blob AS blob
FROM file_states FINAL
WHERE file_states.repo IN @repos
ORDER BY
    repo,
    files,
    path
