-- described: how do the files of repositories describe entities at their heads, as published?
SELECT
    described.repo AS repo,
    named.name AS repo_name,
    described.kind AS kind,
    described.namespace AS namespace,
    described.name AS name,
    toInt64(described.seen) AS seen,
    described.file AS file,
    described.blob AS blob,
    described.line AS line,
    described.about AS about,
    described.folder AS folder,
    described.field AS field,
    described.field_values AS field_values,
    described.unresolved AS unresolved,
    described.field_line AS field_line,
    arrayMap(confirmed -> toInt64(confirmed), described.confirmed) AS confirmed,
    arrayMap(written -> toInt64(written), described.written) AS written
FROM described
INNER JOIN
(
    SELECT
        repos.id AS id,
        argMax(repos.name, (repos.seen, repos.source)) AS name
    FROM repos
    GROUP BY repos.id
) AS named ON named.id = described.repo
WHERE (described.repo, described.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
ORDER BY
    repo,
    file,
    line,
    kind,
    namespace,
    name
