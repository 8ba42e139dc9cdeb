-- leads: how long did each new repository take to its first pipeline that succeeded on the default branch (scaffold),
-- and to its first deployment that did (deploy), or how long has it been without, as could be told at a moment?
--
-- That is known of those whose runs are known from their first commit on, or from when their host has them: of the
-- others the fate says why they do not count. Deployments are known where a source tells of any.
SELECT
    born.path AS path,
    born.measure AS measure,
    born.repo AS repo,
    born.component AS component,
    born.team AS team,
    born.birth AS birth,
    greatest(born.birth, born.created) AS known_from,
    arrayFold((until, seen) -> if(seen.1 <= until, greatest(until, seen.2), until), known.times, known_from) AS known_until,
    multiIf(
        born.fate NOT IN ('using', 'not_using'), born.fate,
        empty(known.times), 'not_measured',
        known_until <= known_from, 'known_later',
        born.fate
    ) AS fate,
    least(known_until, born.followed, toUInt32(@at)) AS watched_until,
    firsts.at > 0 AND firsts.at <= watched_until AS is_done,
    greatest(if(is_done, firsts.at, watched_until), born.birth) - born.birth AS seconds
FROM
(
    SELECT
        births.path AS path,
        births.repo AS repo,
        births.component AS component,
        births.team AS team,
        births.birth AS birth,
        births.followed AS followed,
        births.created AS created,
        births.fate AS fate,
        arrayJoin(['scaffold', 'deploy']) AS measure
    FROM ({{births}}) AS births
    WHERE births.fate != ''
) AS born
LEFT JOIN
(
    SELECT
        watched.repo AS repo,
        watched.measure AS measure,
        arraySort(groupArray((watched.begins, watched.ends))) AS times
    FROM
    (
        SELECT
            any_run.repo AS repo,
            any_run.begins AS begins,
            any_run.ends AS ends,
            arrayJoin(if(any_run.source IN (SELECT deployments.source FROM deployments), ['scaffold', 'deploy'], ['scaffold'])) AS measure
        FROM ({{watched}}) AS any_run
    ) AS watched
    GROUP BY
        watched.repo,
        watched.measure
) AS known ON known.repo = born.repo AND known.measure = born.measure
LEFT JOIN
(
    SELECT
        run_packs.repo AS repo,
        'scaffold' AS measure,
        min(run_packs.green) AS at
    FROM run_packs FINAL
    WHERE run_packs.green > 0
        AND (@team = '' AND @group = '' OR run_packs.repo IN ({{owned}}))
    GROUP BY run_packs.repo
    UNION ALL
    SELECT
        deployments.repo AS repo,
        'deploy' AS measure,
        toUInt32(min(greatest(deployments.created, deployments.finished))) AS at
    FROM deployments
    WHERE deployments.outcome = 'success'
    GROUP BY deployments.repo
) AS firsts ON firsts.repo = born.repo AND firsts.measure = born.measure
