-- world_folders: which of some folders have a file in them, or below them, of those that are watched, as repositories were read
-- last? Where that was by a source that reads no history, the set of files counts that it saw, else what the commits of walks do,
-- as far as they count.
WITH seen AS
(
    SELECT
        newest.repo AS repo,
        newest.files AS files
    FROM
    (
        SELECT
            readings.repo AS repo,
            argMax(readings.files, (readings.source NOT IN (SELECT retired.source FROM retired), readings.at, readings.source)) AS files
        FROM readings
        WHERE readings.repo IN @repos
            AND readings.complete
        GROUP BY readings.repo
    ) AS newest
    WHERE newest.files != 0
)
SELECT DISTINCT
    files.repo AS repo,
    arrayJoin(arrayFilter(
        place -> place IN @folders,
        arrayMap(n -> arrayStringConcat(arraySlice(files.parts, 1, n), '/'), range(1, length(files.parts)))
    )) AS folder
FROM
(
    SELECT
        file_changes.repo AS repo,
        splitByChar('/', file_changes.path) AS parts
    FROM file_changes
    WHERE file_changes.repo IN @repos
        AND file_changes.repo NOT IN (SELECT seen.repo FROM seen)
        AND file_changes.walk IN (SELECT walks.id FROM walks WHERE walks.repo IN @repos)
        AND file_changes.walk NOT IN @abandoned
        AND file_changes.pos < transform(file_changes.walk, @cut, @ends, toUInt32(4294967295))
    GROUP BY
        file_changes.repo,
        file_changes.path
    HAVING argMax(file_changes.blob, file_changes.pos) != ''
    UNION ALL
    SELECT
        file_states.repo AS repo,
        splitByChar('/', file_states.path) AS parts
    FROM file_states
    WHERE (file_states.repo, file_states.files) IN (SELECT seen.repo, seen.files FROM seen)
) AS files
ORDER BY
    repo,
    folder
