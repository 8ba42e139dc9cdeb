-- repos: which repositories are there, under which names, and when and how were they last read?
SELECT
    known.name AS repo,
    known.id AS repo_id,
    arraySort(arrayFilter(old -> old != known.name, known.names)) AS former_names,
    known.location AS location,
    known.default_branch AS default_branch,
    known.head AS head,
    nullIf(known.created, toDateTime(0, 'UTC')) AS created,
    known.archived AS archived,
    known.fork AS fork,
    known.template AS template,
    known.shallow AS shallow,
    known.topics AS topics,
    known.languages AS languages,
    nullIf(read.at, toDateTime(0, 'UTC')) AS read_at,
    read.complete AS complete,
    read.reason AS reason,
    read.detail AS detail
FROM
(
    SELECT
        repos.id AS id,
        groupUniqArray(repos.name) AS names,
        max(repos.seen) AS seen,
        argMax(repos.name, (repos.seen, repos.source)) AS name,
        argMax(repos.location, (repos.seen, repos.source)) AS location,
        argMax(repos.default_branch, (repos.seen, repos.source)) AS default_branch,
        argMax(repos.head, (repos.seen, repos.source)) AS head,
        argMax(repos.created, (repos.host_id != '', repos.seen, repos.source)) AS created,
        argMax(repos.archived, (repos.host_id != '', repos.seen, repos.source)) AS archived,
        argMax(repos.fork, (repos.host_id != '', repos.seen, repos.source)) AS fork,
        argMax(repos.template, (repos.host_id != '', repos.seen, repos.source)) AS template,
        argMax(repos.shallow, (repos.seen, repos.source)) AS shallow,
        argMax(repos.topics, (repos.host_id != '', repos.seen, repos.source)) AS topics,
        argMax(repos.languages, (repos.host_id != '', repos.seen, repos.source)) AS languages
    FROM repos
    GROUP BY repos.id
) AS known
LEFT JOIN
(
    SELECT
        readings.repo AS repo,
        max(readings.at) AS at,
        argMax(readings.complete, readings.at) AS complete,
        argMax(readings.reason, readings.at) AS reason,
        argMax(readings.detail, readings.at) AS detail
    FROM readings
    GROUP BY readings.repo
) AS read ON read.repo = known.id
WHERE NOT @continued
    OR known.name > @after_repo
ORDER BY repo
LIMIT @limit
