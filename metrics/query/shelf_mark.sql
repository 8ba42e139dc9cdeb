-- shelf_mark: how many scans and readings are there, whatever came of them, and when was anything told last of runs, of proposed
-- changes and of people?
SELECT
    (SELECT uniqExact(scans.id, scans.ended, scans.state) FROM scans) AS scans,
    (SELECT count() FROM readings) AS readings,
    (SELECT toUInt32(max(run_windows.seen)) FROM run_windows) AS windows,
    (SELECT toUInt32(max(pulls.seen)) FROM pulls) AS pulls,
    (SELECT toUInt32(max(identities.seen)) FROM identities) AS people,
    (SELECT toUInt32(max(memberships.seen)) FROM memberships) AS members
