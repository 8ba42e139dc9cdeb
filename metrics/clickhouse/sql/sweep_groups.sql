-- sweep_groups: remove the rows that a newer published generation has replaced.
ALTER TABLE groups
DELETE WHERE groups.generation < (SELECT max(current.generation) FROM current WHERE current.repo = 0)
SETTINGS mutations_sync = 2
