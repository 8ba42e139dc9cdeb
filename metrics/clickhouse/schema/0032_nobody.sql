-- The repositories of which it was not known whether anybody works there: of what was judged before only their number was kept.
ALTER TABLE catalog_judgements ADD COLUMN IF NOT EXISTS unread_repos Array(String) CODEC(ZSTD(1));
