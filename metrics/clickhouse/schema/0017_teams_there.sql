-- Which owners are teams, and what a judgement of a catalog could not see.

-- What the conclusion calls teams of which portals know whether they are there.
ALTER TABLE current ADD COLUMN IF NOT EXISTS named Array(String);

-- What of the catalog could not be read, in words. Of portals their lists say so.
ALTER TABLE catalog_judgements ADD COLUMN IF NOT EXISTS detail String;
