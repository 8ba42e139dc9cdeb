-- Attempts to send a report to a recipient, as their senders told: claimed (1), begun (2), failed (3) or sent (4). Of one
-- attempt the row that came furthest counts. Nothing is ever taken back: who wants to send reads what there is.
CREATE TABLE IF NOT EXISTS reports_sent
(
    recipient String,
    scope     LowCardinality(String),
    week      Date,
    id        UInt64,
    state     UInt8,
    at        DateTime('UTC'),
    detail    String
)
ENGINE = MergeTree
ORDER BY (week, scope, recipient, id, state);
