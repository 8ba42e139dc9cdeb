-- Which active repository an entity covers, by the name that it has; '' for none. What was judged before does not tell.
ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS covers String CODEC(ZSTD(1));

-- The active repositories of which it is not known whether they have an entity.
ALTER TABLE catalog_judgements ADD COLUMN IF NOT EXISTS uncertain Array(String) CODEC(ZSTD(1));
