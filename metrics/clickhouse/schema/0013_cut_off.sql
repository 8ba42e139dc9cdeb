-- Scans are stored from their beginning on, so that one that is cut off leaves what it came to: how a scan stands ('' where
-- it came to its end), why it failed, and how many repositories had nothing new since scans before it read them and were
-- cut off. Of one that is running, ended is when it was last heard of.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS state LowCardinality(String);

ALTER TABLE scans ADD COLUMN IF NOT EXISTS error String;

ALTER TABLE scans ADD COLUMN IF NOT EXISTS resumed UInt32;
