-- without: is an entity, judged, fresh where only the fields that are told are asked for? 0 no, 1 not known, 2 yes.
multiIf(
    arrayExists(
        (field, verdict) -> has(told.left, field) AND field != 'owner' AND toString(verdict) IN ('wrong', 'aged'),
        judged.field,
        judged.verdict
    ),
    0,
    has(told.left, 'owner'),
    toInt8(judged.owner_right),
    2
)
