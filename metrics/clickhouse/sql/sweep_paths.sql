-- sweep_paths: remove the rows that a newer published generation has replaced.
ALTER TABLE paths
DELETE WHERE paths.generation < (SELECT max(current.generation) FROM current WHERE current.repo = 0)
SETTINGS mutations_sync = 2
