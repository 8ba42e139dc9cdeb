-- without: is an entity, judged, fresh where only the fields that are told are asked for, and what could fill others of them does so?
-- 0 no, 1 not known, 2 yes.
multiIf(
    arrayExists(
        (field, verdict) -> has(told.left, field)
            AND field != 'owner'
            AND toString(verdict) IN ('wrong', 'aged')
            AND NOT (has(@automated, field) AND has(judged.fillable, field)),
        judged.field,
        judged.verdict
    ),
    0,
    has(told.left, 'owner') AND NOT (has(@automated, 'owner') AND has(judged.fillable, 'owner')),
    toInt8(judged.owner_right),
    2
)
