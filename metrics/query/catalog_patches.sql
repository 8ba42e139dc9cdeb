-- catalog_patches: which things have a wrong owner that stands in a file of a repository, and whose could they be?
SELECT
    odd.source AS source,
    odd.kind AS kind,
    odd.namespace AS namespace,
    odd.name AS name,
    lies.now AS repo,
    said.file AS file,
    hex(said.blob) AS blob,
    said.line AS line,
    said.owners AS said,
    odd.owners AS owners,
    odd.owner_teams AS teams,
    odd.owner_actual AS actual,
    odd.actual_commits AS actual_commits,
    odd.all_commits AS all_commits,
    odd.cause AS cause,
    odd.reason AS reason,
    odd.evidence AS evidence,
    beside.team AS beside,
    beside.source AS beside_by
FROM
(
    SELECT
        judged.source AS source,
        judged.kind AS kind,
        judged.namespace AS namespace,
        judged.name AS name,
        judged.repo AS repo,
        judged.folder AS folder,
        judged.descriptor_repo AS descriptor_repo,
        judged.descriptor_path AS descriptor_path,
        judged.owner_teams AS owner_teams,
        judged.owner_actual AS owner_actual,
        judged.actual_commits AS actual_commits,
        judged.all_commits AS all_commits,
        indexOf(judged.field, @owner) AS place,
        judged.field_values[place] AS owners,
        judged.field_line[place] AS line,
        judged.cause[place] AS cause,
        judged.reason[place] AS reason,
        JSONExtractArrayRaw(judged.evidence)[place] AS evidence
    FROM catalog_verdicts AS judged
    WHERE judged.at = ({{judged}})
        AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
        AND judged.counted
        AND judged.descriptor_repo != ''
        AND arrayExists((name, verdict) -> name = @owner AND toString(verdict) = 'wrong', judged.field, judged.verdict) -- none has no place
) AS odd
INNER JOIN ({{called}}) AS lies ON lies.name = odd.descriptor_repo
LEFT JOIN
(
    SELECT
        described.repo AS repo,
        described.kind AS kind,
        described.namespace AS namespace,
        described.name AS name,
        described.file AS file,
        described.blob AS blob,
        described.field_line[indexOf(described.field, @owner)] AS line,
        described.field_values[indexOf(described.field, @owner)] AS owners
    FROM described
    WHERE (described.repo, described.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
) AS said ON said.repo = lies.id
    AND said.kind = odd.kind
    AND said.namespace = odd.namespace
    AND said.name = odd.name
LEFT JOIN ({{called}}) AS about ON about.name = odd.repo
LEFT JOIN
(
    SELECT
        owners_beside.repo AS repo,
        owners_beside.component AS component,
        owners_beside.team AS team,
        owners_beside.source AS source
    FROM owners_beside
    WHERE (owners_beside.repo, owners_beside.generation) IN (SELECT current.repo, current.generation FROM current FINAL)
) AS beside ON beside.repo = about.id
    AND beside.component = odd.folder
WHERE odd.source != @described
    OR said.file = odd.descriptor_path
ORDER BY
    repo,
    source,
    kind,
    namespace,
    name,
    odd.descriptor_path,
    odd.line,
    said.file = odd.descriptor_path DESC,
    said.line = odd.line DESC, -- a file may describe one twice
    said.owners = odd.owners DESC,
    file,
    line
LIMIT 1 BY
    source,
    kind,
    namespace,
    name,
    odd.descriptor_path,
    odd.line,
    repo
