-- exemptions: what is or was excused from which path, by whom and why? Of each the newest word, and the first.
SELECT
    named.name AS repo,
    told.repo AS repo_id,
    told.component AS component,
    told.path AS path,
    told.begins AS begins,
    if(toUInt32(told.ends) = 4294967295, NULL, told.ends) AS ends,
    told.begins <= @at AND told.ends > @at AS in_force,
    told.by AS by,
    told.reason AS reason,
    told.recorded AS recorded,
    told.ended_by AS ended_by,
    told.granted AS granted,
    if(toUInt32(told.granted_ends) = 4294967295, NULL, told.granted_ends) AS granted_ends
FROM
(
    SELECT
        exemptions.repo AS repo,
        exemptions.component AS component,
        exemptions.path AS path,
        exemptions.begins AS begins,
        argMax(exemptions.ends, (exemptions.recorded, exemptions.ended_by)) AS ends,
        argMax(exemptions.by, (exemptions.recorded, exemptions.ended_by)) AS by,
        argMax(exemptions.reason, (exemptions.recorded, exemptions.ended_by)) AS reason,
        max(exemptions.recorded) AS recorded,
        argMax(exemptions.ended_by, (exemptions.recorded, exemptions.ended_by)) AS ended_by,
        min(exemptions.recorded) AS granted,
        argMin(exemptions.ends, (exemptions.recorded, exemptions.ended_by)) AS granted_ends
    FROM exemptions
    WHERE (@path = '' OR exemptions.path = @path)
        AND (@repo = 0 OR exemptions.repo = @repo)
    GROUP BY
        exemptions.repo,
        exemptions.component,
        exemptions.path,
        exemptions.begins
) AS told
INNER JOIN ({{names}}) AS named ON named.id = told.repo
WHERE NOT @continued
    OR (named.name, told.component, told.path, told.begins) > (@after_repo, @after_component, @after_path, @after_begins)
ORDER BY
    repo,
    component,
    path,
    begins
LIMIT @limit
