-- sweep_audits: remove the rows of judgements that a newer one has replaced.
ALTER TABLE catalog_audits
DELETE WHERE catalog_audits.at < (SELECT max(catalog_judgements.at) FROM catalog_judgements)
SETTINGS mutations_sync = 2
