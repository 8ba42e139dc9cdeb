-- lacks: does an entity, judged, not have the field that is asked for, while others of its kind have it?
(@field != '' AND NOT has(judged.field, @field) AND (judged.source, judged.kind) IN
(
    SELECT
        others.source,
        others.kind
    FROM catalog_verdicts AS others
    WHERE others.at = ({{judged}})
        AND others.counted
        AND has(others.field, @field)
))
