-- friction_scaffold: how long did new repositories take to their first success, by whether they were born on each path,
-- and how many do not count for which reason? A row holds the seconds that those of one fate took, and those for which
-- the others were watched.
SELECT
    leads.path AS path,
    leads.measure AS measure,
    leads.fate AS fate,
    count() AS units,
    groupArrayIf(leads.seconds, leads.is_done) AS done_after,
    groupArrayIf(leads.seconds, NOT leads.is_done) AS watched_for
FROM ({{leads}}) AS leads
GROUP BY
    leads.path,
    leads.measure,
    leads.fate
ORDER BY
    path,
    measure,
    fate
