-- What a scan asked of hosts, by source: requests, and what hosts took of their allowances for them. And what became of
-- repositories between it and the scan before.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS points UInt64;

ALTER TABLE scans ADD COLUMN IF NOT EXISTS spent_sources Array(LowCardinality(String));

ALTER TABLE scans ADD COLUMN IF NOT EXISTS spent_requests Array(UInt64);

ALTER TABLE scans ADD COLUMN IF NOT EXISTS spent_points Array(UInt64);

ALTER TABLE scans ADD COLUMN IF NOT EXISTS renamed UInt32;

ALTER TABLE scans ADD COLUMN IF NOT EXISTS archived UInt32;

ALTER TABLE scans ADD COLUMN IF NOT EXISTS gone UInt32;
