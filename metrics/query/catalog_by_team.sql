-- catalog_by_team: of the entities in each catalog whose owner means a team, how many are fresh, and of how many is the owner
-- right? As catalogs were judged last, and nothing of a moment before. An entity that several teams own counts for each.
SELECT
    judged.source AS source,
    team,
    count() AS entities,
    countIf(toString(judged.fresh) = 'yes') AS fresh,
    countIf(toString(judged.fresh) = 'unknown') AS fresh_unknown,
    countIf(toString(judged.owner_right) = 'yes') AS right,
    countIf(toString(judged.owner_right) = 'unknown') AS right_unknown
FROM catalog_verdicts AS judged
ARRAY JOIN judged.owner_teams AS team
WHERE judged.at = ({{judged}})
    AND judged.at <= @at
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND judged.counted
    AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
GROUP BY
    judged.source,
    team
ORDER BY
    source,
    team
