-- exemptions: what is or was excused, by the newest word on it?
SELECT
    exemptions.repo AS repo,
    exemptions.component AS component,
    exemptions.path AS path,
    toInt64(exemptions.begins) AS begins,
    toInt64(exemptions.ends) AS ends,
    exemptions.by AS by,
    exemptions.reason AS reason,
    toInt64(exemptions.recorded) AS recorded,
    exemptions.ended_by AS ended_by
FROM exemptions
WHERE @all
    OR exemptions.repo IN @repos
ORDER BY
    repo,
    component,
    path,
    begins,
    recorded DESC,
    ended_by DESC
LIMIT 1 BY
    repo,
    component,
    path,
    begins
