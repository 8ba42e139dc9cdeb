-- births: which units were born, and did they use a path when born_within was over? Fate says so, or why that does not
-- count; '' of units that the path is not meant for, or that were excused. They are followed until they are gone,
-- archived or not known any more.
SELECT
    lives.path AS path,
    lives.repo AS repo,
    lives.component AS component,
    lives.team AS team,
    lives.birth AS birth,
    lives.followed AS followed,
    hosted.created AS created,
    arrayFirst(span -> span.2 > lives.birth + lives.born_within, lives.told) AS settled,
    multiIf(
        lives.component != '', 'components',
        NOT lives.birth_seen, 'no_history',
        lives.birth + lives.born_within > toUInt32(@at) OR settled.2 = 0 OR settled.1 > lives.birth + lives.born_within, 'too_young',
        hosted.created > lives.birth + 86400, 'imported',
        settled.3 IN ('on', 'mixed'), 'using',
        settled.3 IN ('off', 'none', 'dormant'), 'not_using',
        settled.3 = 'unknown', 'all_unknown',
        ''
    ) AS fate
FROM
(
    SELECT
        spans.path AS path,
        spans.repo AS repo,
        spans.component AS component,
        any(defined.born_within) AS born_within,
        toUInt32(min(spans.begins)) AS birth,
        argMin(spans.team, spans.begins) AS team,
        argMin(spans.dated AND spans.reason != 'before_graft', spans.begins) AS birth_seen,
        toUInt32(maxIf(spans.ends, spans.state NOT IN ('unknown', 'ineligible'))) AS followed,
        arraySort(groupArray((toUInt32(spans.begins), toUInt32(spans.ends), spans.state))) AS told
    FROM spans
    INNER JOIN
    (
        SELECT
            paths.key AS path,
            any(paths.born_within) AS born_within
        FROM paths
        WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
        GROUP BY paths.key
    ) AS defined ON defined.path = spans.path
    WHERE (spans.repo, spans.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
        AND spans.begins <= @at
        AND (@path = '' OR spans.path = @path)
    GROUP BY
        spans.path,
        spans.repo,
        spans.component
) AS lives
LEFT JOIN
(
    SELECT
        repos.id AS repo,
        toUInt32(max(repos.created)) AS created
    FROM repos
    GROUP BY repos.id
) AS hosted ON hosted.repo = lives.repo
WHERE lives.birth >= toUInt32(@from)
    AND lives.birth < toUInt32(@to)
    AND (@team = '' OR lives.team = @team)
    AND (@group = '' OR lives.team IN ({{teams_below}}))
