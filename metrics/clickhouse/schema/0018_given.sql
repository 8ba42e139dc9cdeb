-- Which facts a portal was told about an entity, so that they can be taken back: the path and what is said of it, in parallel.
ALTER TABLE catalog_given ADD COLUMN IF NOT EXISTS paths Array(LowCardinality(String)) AFTER mark;

ALTER TABLE catalog_given ADD COLUMN IF NOT EXISTS abouts Array(LowCardinality(String)) AFTER paths;
