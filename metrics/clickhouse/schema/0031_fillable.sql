-- Which fields something that is no catalog could fill, of those that an entity or others of its kind have, and what could.
ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS fillable Array(LowCardinality(String)) CODEC(ZSTD(1));

ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS fillable_by Array(LowCardinality(String)) CODEC(ZSTD(1));

-- Whether that is told: what was judged before does not tell.
ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS fillable_known Bool CODEC(ZSTD(1));
