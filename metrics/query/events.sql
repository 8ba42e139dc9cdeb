-- events: what happened to which unit on which path, oldest first? The page is found in the order of the
-- table, and named only then.
SELECT
    page.id AS id,
    page.at AS at,
    toUInt8(page.kind) AS kind,
    named.name AS repo,
    page.repo AS repo_id,
    page.component AS component,
    page.path AS path,
    page.ord AS ord,
    toUInt8(page.from_state) AS from_state,
    toUInt8(page.to_state) AS to_state,
    page.ways AS ways,
    page.version AS version,
    page.commit AS commit,
    page.change AS change,
    toUInt8(page.origin) AS origin,
    page.evidence AS evidence
FROM
(
    SELECT
        events.id AS id,
        events.at AS at,
        events.kind AS kind,
        events.repo AS repo,
        events.component AS component,
        events.path AS path,
        events.ord AS ord,
        events.from_state AS from_state,
        events.to_state AS to_state,
        events.ways AS ways,
        events.version AS version,
        events.commit AS commit,
        events.change AS change,
        events.origin AS origin,
        events.evidence AS evidence
    FROM events
    WHERE (events.repo, events.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND events.at >= @from
        AND events.at < @to
        AND (@path = '' OR events.path = @path)
        AND (@repo = 0 OR events.repo = @repo)
        AND (@any_component OR events.component = @component)
        AND (NOT @continued OR events.at >= @after_at)
        AND (NOT @continued OR (events.at, events.repo, events.ord, events.component, events.path, events.id) > (@after_at, @after_repo, @after_ord, @after_component, @after_path, @after_id))
    ORDER BY
        at,
        repo,
        ord,
        component,
        path,
        id
    LIMIT @limit
) AS page
LEFT JOIN ({{names}}) AS named ON named.id = page.repo
ORDER BY
    at,
    repo_id,
    ord,
    component,
    path,
    id
