-- catalog_coverage: which active repositories should each catalog have, does it have each, by which entities, and whose are they? As
-- catalogs were judged last.
SELECT
    expected.source AS source,
    expected.repo AS repo,
    expected.has AS has,
    expected.entities AS entities,
    owned.team AS team
FROM
(
    SELECT
        judged.source AS source,
        judged.covers AS repo,
        'yes' AS has,
        arraySort(groupUniqArray(concat(judged.kind, ':', judged.namespace, '/', judged.name))) AS entities
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.covers != ''
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
    GROUP BY
        judged.source,
        judged.covers
    UNION ALL
    SELECT
        others.source AS source,
        others.told.1 AS repo,
        others.told.2 AS has,
        emptyArrayString() AS entities
    FROM
    (
        SELECT
            catalog_judgements.source AS source,
            arrayJoin(arrayConcat(
                arrayMap(name -> (name, 'no'), catalog_judgements.dark),
                arrayMap(name -> (name, 'unknown'), catalog_judgements.uncertain),
                arrayMap(name -> (name, 'nobody'), catalog_judgements.unread_repos)
            )) AS told
        FROM catalog_judgements FINAL
        WHERE catalog_judgements.at = ({{judged}})
            AND catalog_judgements.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
            AND (@source = '' OR catalog_judgements.source = @source OR @source = 'portals' AND catalog_judgements.source != 'files')
    ) AS others
) AS expected
LEFT JOIN ({{owners_now}}) AS owned ON owned.repo = expected.repo
WHERE (@team = '' OR owned.team = @team)
    AND (@has = '' AND expected.has != 'nobody' OR expected.has = @has)
    AND (@repo = '' OR expected.repo = @repo)
    AND (NOT @continued OR (expected.source, expected.repo) > (@after_source, @after_repo))
ORDER BY
    source,
    repo
LIMIT @limit
