-- catalog_entities: what was found out about each entity of catalogs, field by field?
SELECT
    judged.source AS source,
    judged.kind AS kind,
    judged.namespace AS namespace,
    judged.name AS name,
    judged.counted AS counted,
    toString(judged.fresh) AS fresh,
    toString(judged.ghost) AS ghost,
    judged.ghost_by AS ghost_by,
    arrayMap(step -> toString(step), judged.owner_steps) AS owner_steps,
    toString(judged.owner_right) AS owner_right,
    judged.owner_teams AS owner_teams,
    judged.owner_actual AS owner_actual,
    judged.actual_commits AS actual_commits,
    judged.all_commits AS all_commits,
    judged.repo AS repo,
    judged.folder AS folder,
    judged.descriptor_repo AS file_repo,
    judged.descriptor_path AS file,
    arrayMin(arrayFilter(line -> line > 0, judged.field_line)) AS begins,
    judged.orphan AS orphan,
    judged.problems AS problems,
    judged.field AS field,
    arrayMap(verdict -> toString(verdict), judged.verdict) AS verdict,
    judged.cause AS cause,
    judged.reason AS reason,
    judged.field_values AS field_values,
    judged.field_line AS field_line,
    judged.confirmed AS confirmed,
    arrayMap(by -> toString(by), judged.edited_by) AS edited_by,
    judged.since AS since,
    judged.dated AS dated,
    judged.evidence AS evidence,
    judged.fillable AS fillable,
    judged.fillable_by AS fillable_by,
    judged.counted AND judged.fillable_known AS fillable_known
FROM catalog_verdicts AS judged
LEFT JOIN
(
    {{left}}
        AND @then != ''
) AS told ON told.source = judged.source
WHERE judged.at = ({{judged}})
    AND judged.at <= @at
    AND judged.source NOT IN (SELECT catalogs_retired.source FROM catalogs_retired)
    AND (@source = '' OR judged.source = @source OR @source = 'portals' AND judged.source != 'files')
    AND (@kind = '' OR judged.kind = @kind)
    AND (@entity = '' OR concat(if(position(@entity, ':') > 0, concat(judged.kind, ':'), ''), judged.namespace, '/', judged.name) = @entity)
    AND (@repo = '' OR judged.repo = @repo)
    AND (@team = '' OR has(judged.owner_teams, @team))
    AND (@fresh = '' OR judged.counted AND toString(judged.fresh) = @fresh)
    AND (@ghost = '' OR judged.counted AND toString(judged.ghost) = @ghost)
    AND (@orphan = '' OR judged.counted AND judged.orphan = (@orphan = 'yes'))
    AND (@problems = '' OR notEmpty(judged.problems) = (@problems = 'yes'))
    AND (@right = '' OR judged.counted AND toString(judged.owner_right) = @right)
    AND arrayAll(
        (step, asked) -> asked = '' OR judged.counted AND toString(step) = asked,
        judged.owner_steps,
        @steps
    )
    AND (NOT @counted OR judged.counted)
    AND (@then = '' OR judged.counted
        AND notEmpty(told.left)
        AND (@automated = [''] OR judged.fillable_known)
        AND {{without}} = transform(@then, ['no', 'unknown'], [0, 1], 2)
        AND (@then != 'gained' OR toString(judged.fresh) != 'yes'))
    AND (@verdict = '' AND (@field = '' OR @filled = 'no' OR @fillable != '') OR arrayExists(
        (name, verdict) -> (@field = '' OR name = @field) AND (@verdict = '' OR toString(verdict) = @verdict),
        judged.field,
        judged.verdict
    ))
    AND (@filled != 'yes' OR @fillable != '' OR arrayExists(
        (name, verdict) -> (@field = '' OR name = @field) AND toString(verdict) != 'empty',
        judged.field,
        judged.verdict
    ))
    AND (@filled != 'no' OR @fillable != '' OR judged.counted AND (
        arrayExists((name, verdict) -> (@field = '' OR name = @field) AND toString(verdict) = 'empty', judged.field, judged.verdict)
        OR {{lacks}}
    ))
    AND (@fillable = '' OR judged.counted AND judged.fillable_known AND (
        arrayExists(
            (name, verdict) -> (@field = '' OR name = @field)
                AND (@verdict = '' OR toString(verdict) = @verdict)
                AND (@filled = '' OR (toString(verdict) = 'empty') = (@filled = 'no'))
                AND has(judged.fillable, name) = (@fillable = 'yes'),
            judged.field,
            judged.verdict
        )
        OR @verdict = '' AND @filled != 'yes' AND if(
            @fillable = 'yes',
            arrayExists(name -> (@field = '' OR name = @field) AND NOT has(judged.field, name), judged.fillable),
            NOT has(judged.fillable, @field) AND {{lacks}}
        )
    ))
    AND (NOT @continued OR (judged.source, judged.kind, judged.namespace, judged.name, file_repo, file, begins) > (
        @after_source, @after_kind, @after_namespace, @after_name, @after_file_repo, @after_file, @after_begins
    ))
ORDER BY
    source,
    kind,
    namespace,
    name,
    file_repo,
    file,
    begins
LIMIT @limit
