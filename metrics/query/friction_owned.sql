-- friction_owned: which repositories did the teams ever own that are asked about?
SELECT DISTINCT owned.repo AS repo
FROM ({{owned}}) AS owned
ORDER BY repo
