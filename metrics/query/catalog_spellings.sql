-- catalog_spellings: how do the owners of things in catalogs spell which team, each of them alone?
SELECT
    judged.source AS source,
    judged.owner_teams[1] AS team,
    judged.field_values[indexOf(judged.field, @owner)][1] AS text,
    judged.namespace AS namespace,
    count() AS times
FROM catalog_verdicts AS judged
WHERE judged.at = ({{judged}})
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND judged.counted
    AND length(judged.owner_teams) = 1
    AND length(judged.field_values[indexOf(judged.field, @owner)]) = 1
    AND toString(judged.owner_steps[2]) = 'yes'
GROUP BY
    source,
    team,
    text,
    namespace
ORDER BY
    source,
    team,
    times DESC,
    text,
    namespace
