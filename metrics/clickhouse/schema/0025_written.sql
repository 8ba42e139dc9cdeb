-- When fields of entities in files were last given another value, be it by a program; 0 where that is not known.
ALTER TABLE described ADD COLUMN IF NOT EXISTS written Array(DateTime('UTC')) CODEC(ZSTD(1));
