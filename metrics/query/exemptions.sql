-- exemptions: what is or was excused from which path, by whom and why? Of each the newest word.
SELECT
    named.name AS repo,
    last.repo AS repo_id,
    last.component AS component,
    last.path AS path,
    last.begins AS begins,
    if(toUInt32(last.ends) = 4294967295, NULL, last.ends) AS ends,
    last.begins <= @at AND last.ends > @at AS in_force,
    last.by AS by,
    last.reason AS reason,
    last.recorded AS recorded,
    last.ended_by AS ended_by
FROM
(
    SELECT
        exemptions.repo AS repo,
        exemptions.component AS component,
        exemptions.path AS path,
        exemptions.begins AS begins,
        exemptions.ends AS ends,
        exemptions.by AS by,
        exemptions.reason AS reason,
        exemptions.recorded AS recorded,
        exemptions.ended_by AS ended_by
    FROM exemptions
    WHERE (@path = '' OR exemptions.path = @path)
        AND (@repo = 0 OR exemptions.repo = @repo)
    ORDER BY
        exemptions.recorded DESC,
        exemptions.ended_by DESC
    LIMIT 1 BY
        exemptions.repo,
        exemptions.component,
        exemptions.path,
        exemptions.begins
) AS last
INNER JOIN
(
    SELECT
        repos.id AS id,
        argMax(repos.name, (repos.seen, repos.source)) AS name
    FROM repos
    GROUP BY repos.id
) AS named ON named.id = last.repo
WHERE NOT @continued
    OR (named.name, last.component, last.path, last.begins) > (@after_repo, @after_component, @after_path, @after_begins)
ORDER BY
    repo,
    component,
    path,
    begins
LIMIT @limit
