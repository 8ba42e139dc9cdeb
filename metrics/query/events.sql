-- events: what happened to which unit on which path, oldest first?
SELECT
    events.id AS id,
    events.at AS at,
    toUInt8(events.kind) AS kind,
    named.name AS repo,
    events.repo AS repo_id,
    events.component AS component,
    events.path AS path,
    events.ord AS ord,
    toUInt8(events.from_state) AS from_state,
    toUInt8(events.to_state) AS to_state,
    events.ways AS ways,
    events.version AS version,
    events.commit AS commit,
    events.change AS change,
    toUInt8(events.origin) AS origin,
    events.evidence AS evidence
FROM events
INNER JOIN
(
    SELECT
        repos.id AS id,
        argMax(repos.name, (repos.seen, repos.source)) AS name
    FROM repos
    GROUP BY repos.id
) AS named ON named.id = events.repo
WHERE (events.repo, events.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND events.at >= @from
    AND events.at < @to
    AND (@path = '' OR events.path = @path)
    AND (@repo = 0 OR events.repo = @repo)
    AND (@any_component OR events.component = @component)
    AND (NOT @continued OR events.at >= @after_at)
    AND (NOT @continued OR (events.at, named.name, events.ord, events.component, events.path, events.id) > (@after_at, @after_repo, @after_ord, @after_component, @after_path, @after_id))
ORDER BY
    at,
    repo,
    ord,
    component,
    path,
    id
LIMIT @limit
