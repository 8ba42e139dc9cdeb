-- sweep_disagreements: remove the rows of judgements that a newer one has replaced.
ALTER TABLE catalog_disagreements
DELETE WHERE catalog_disagreements.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)
SETTINGS mutations_sync = 2
