-- scan_begins: when did scans begin, oldest first?
SELECT DISTINCT toInt64(scans.began) AS began
FROM scans
ORDER BY began
