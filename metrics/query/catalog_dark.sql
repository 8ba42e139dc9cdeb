-- catalog_dark: which active repositories have no entity in a catalog, and whose are they?
SELECT
    unlit.source AS source,
    unlit.repo AS repo,
    owned.team AS team
FROM
(
    SELECT
        catalog_judgements.source AS source,
        arrayJoin(catalog_judgements.dark) AS repo
    FROM catalog_judgements
    WHERE catalog_judgements.at = ({{judged}})
        AND catalog_judgements.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND (@source = '' OR catalog_judgements.source = @source OR @source = 'portals' AND catalog_judgements.source != 'files')
) AS unlit
LEFT JOIN ({{owners_now}}) AS owned ON owned.repo = unlit.repo
WHERE @team = ''
    OR owned.team = @team
ORDER BY
    source,
    repo
