-- Files that are read since others of the same repository name them: what locations of catalogs lead to.
ALTER TABLE walks ADD COLUMN IF NOT EXISTS named Array(String);

-- Those of sets that were seen at heads, by sources that read no history.
CREATE TABLE IF NOT EXISTS named_files
(
    repo  UInt64,
    files UInt64,
    globs Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, files);

-- Repositories that were read before anybody looked what their files name, and have files that may: those are looked at once
-- more, when their sources are read the next time behind this moment.
CREATE TABLE IF NOT EXISTS unfollowed
(
    repo UInt64,
    at   DateTime('UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY repo;

INSERT INTO unfollowed (repo, at)
SELECT DISTINCT
    files.repo AS repo,
    now('UTC') AS at
FROM
(
    SELECT file_changes.repo AS repo, file_changes.blob AS blob FROM file_changes
    UNION ALL
    SELECT file_states.repo AS repo, file_states.blob AS blob FROM file_states
) AS files
WHERE files.blob IN (SELECT contents.oid FROM contents WHERE match(contents.content, 'kind["\']?\\s*:\\s*["\']?Location\\b'));
