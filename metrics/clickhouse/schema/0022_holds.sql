-- How many human commits of 180 days show who really owns what an entity is about: those of that team, and all that were or
-- may have been made there.
ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS actual_commits UInt32 AFTER owner_actual;

ALTER TABLE catalog_verdicts ADD COLUMN IF NOT EXISTS all_commits UInt32 AFTER actual_commits;
