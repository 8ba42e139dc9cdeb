-- migrations: which migrations were applied to this store, in which form? The table that answers it.
CREATE TABLE IF NOT EXISTS migrations
(
    name     String,
    checksum String,
    applied  DateTime('UTC')
)
ENGINE = ReplacingMergeTree(applied)
ORDER BY name
