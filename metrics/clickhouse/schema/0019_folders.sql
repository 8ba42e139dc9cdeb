-- In which folders commits changed anything: of those that were not old when they were walked, by walks that kept it. A folder
-- that ends in a slash stands for any of those below it.
ALTER TABLE commits ADD COLUMN IF NOT EXISTS folders Array(LowCardinality(String)) CODEC(ZSTD(1));

ALTER TABLE walks ADD COLUMN IF NOT EXISTS folders Bool;
