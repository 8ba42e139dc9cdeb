-- shelf_mark: which scans are there, whatever came of them, and when was anything told last, be it in part, of runs, of proposed
-- changes and of people? What is merged in the background changes none of it.
SELECT
    (SELECT groupBitXor(cityHash64(scans.id, scans.ended, scans.state)) FROM scans FINAL) AS scans,
    (SELECT toUInt64(max(readings.at)) FROM readings) AS readings,
    (SELECT toUInt32(max(run_windows.seen)) FROM run_windows) AS windows,
    (SELECT toUInt32(max(pulls.seen)) FROM pulls) AS pulls,
    (SELECT toUInt32(max(identities.seen)) FROM identities) AS people,
    (SELECT toUInt32(max(memberships.seen)) FROM memberships) AS members
