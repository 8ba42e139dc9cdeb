-- Since when portals are seen to say of owners that there is no such team any more, after they took them for one; 0 where they
-- always said so.
ALTER TABLE catalog_entities ADD COLUMN IF NOT EXISTS owner_gone_since Array(DateTime('UTC')) CODEC(ZSTD(1));

-- When a human last confirmed in the portal that all of an entity is right.
ALTER TABLE catalog_entities ADD COLUMN IF NOT EXISTS verified DateTime('UTC') CODEC(ZSTD(1)) AFTER edited;

-- When something answered at a link the last time; 0 where nothing ever did.
ALTER TABLE catalog_links ADD COLUMN IF NOT EXISTS answered DateTime('UTC') CODEC(ZSTD(1));
