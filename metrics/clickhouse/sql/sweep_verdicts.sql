-- sweep_verdicts: remove the rows of judgements that a newer one has replaced.
ALTER TABLE catalog_verdicts
DELETE WHERE catalog_verdicts.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)
SETTINGS mutations_sync = 2
