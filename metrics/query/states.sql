-- states: in which state is each unit on each path at a moment?
SELECT
    named.name AS repo,
    spans.repo AS repo_id,
    spans.component AS component,
    spans.team AS team,
    spans.path AS path,
    toUInt8(spans.state) AS state,
    spans.ways AS ways,
    toUInt8(spans.origin) AS origin,
    spans.choice AS choice,
    spans.voluntary AS voluntary,
    spans.kept AS kept,
    nullIf(spans.since, toDateTime(0, 'UTC')) AS since,
    nullIf(spans.spell_from, toDateTime(0, 'UTC')) AS spell_since,
    spans.version AS version,
    spans.dated AS dated,
    spans.active AS active,
    nullIf(read.at, toDateTime(0, 'UTC')) AS read_at,
    spans.reason AS reason,
    toUInt8(spans.ran) AS ran
FROM spans
INNER JOIN ({{names}}) AS named ON named.id = spans.repo
LEFT JOIN
(
    SELECT
        readings.repo AS repo,
        max(readings.at) AS at
    FROM readings
    GROUP BY readings.repo
) AS read ON read.repo = spans.repo
WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND spans.begins <= @at
    AND spans.ends > @at
    AND (@path = '' OR spans.path = @path)
    AND (@team = '' OR spans.team = @team)
    AND (@group = '' OR spans.team IN ({{teams_below}}))
    AND (@state = '' OR toString(spans.state) = @state)
    AND (@origin = '' OR toString(spans.origin) = @origin)
    AND (@way = '' OR has(spans.ways, @way))
    AND (@active = '' OR spans.active = (@active = 'true'))
    AND (@choice = '' OR spans.choice = (@choice = 'true'))
    AND (@voluntary = '' OR spans.voluntary = (@voluntary = 'true'))
    AND (@version = '' OR spans.version = @version)
    AND (@runs = '' OR spans.state IN ('on', 'mixed', 'dormant') AND (toString(spans.ran) = @runs OR @runs = 'known' AND spans.ran != ''))
    AND (@repo = 0 OR spans.repo = @repo)
    AND (@any_component OR spans.component = @component)
    AND (NOT @continued OR (named.name, spans.component, spans.path) > (@after_repo, @after_component, @after_path))
ORDER BY
    repo,
    component,
    path
LIMIT @limit
