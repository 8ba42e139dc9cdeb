-- sweep_duplicates: remove the rows of judgements that a newer one has replaced.
ALTER TABLE catalog_duplicates
DELETE WHERE catalog_duplicates.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)
SETTINGS mutations_sync = 2
