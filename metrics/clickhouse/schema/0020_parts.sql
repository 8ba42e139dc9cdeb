-- What is known of parts of the repositories that a scan did not read: which sources a scan lacks something of (of a scan
-- that is not complete and names none it may be any), and how many repositories a list had that are in other parts.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS lacking Array(LowCardinality(String));

ALTER TABLE listings ADD COLUMN IF NOT EXISTS others UInt32;
