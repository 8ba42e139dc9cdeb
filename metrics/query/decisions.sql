-- decisions: when did which team decide for or against a path, and freely? Only what is known to be a decision at
-- a moment.
SELECT
    named.name AS repo,
    decisions.repo AS repo_id,
    decisions.component AS component,
    decisions.team AS team,
    decisions.path AS path,
    decisions.at AS at,
    toUInt8(decisions.kind) AS kind,
    decisions.in_favour AS in_favour,
    decisions.choice AS choice,
    decisions.free AS free,
    toUInt8(decisions.origin) AS origin,
    decisions.commit AS commit,
    decisions.change AS change
FROM decisions
INNER JOIN
(
    SELECT
        paths.key AS path,
        any(paths.since) AS since
    FROM paths
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    GROUP BY paths.key
) AS defined ON defined.path = decisions.path
INNER JOIN ({{names}}) AS named ON named.id = decisions.repo
WHERE (decisions.repo, decisions.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
    AND decisions.at >= greatest(@from, defined.since)
    AND decisions.at < @to
    AND decisions.told <= @known
    AND (@path = '' OR decisions.path = @path)
    AND (@team = '' OR decisions.team = @team)
    AND (@group = '' OR decisions.team IN ({{teams_below}}))
    AND (NOT @continued OR (decisions.at, named.name, decisions.component, decisions.path, decisions.kind) > (@after_at, @after_repo, @after_component, @after_path, @after_kind))
ORDER BY
    at,
    repo,
    component,
    path,
    kind
LIMIT @limit
