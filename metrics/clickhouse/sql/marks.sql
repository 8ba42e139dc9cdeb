-- marks: which facts are there of each repository, and which facts and definitions is its published conclusion drawn from?
SELECT
    known.repo AS repo,
    cityHash64(known.names, readings_newest.mark, readings_newest.files, walks_newest.mark, exemptions_all.mark, hosts_told.mark) AS mark,
    published.mark AS published_mark,
    published.definitions AS published_definitions,
    published.generation > 0 AS is_published,
    published.named AS published_named
FROM
(
    SELECT
        repos.id AS repo,
        argMax((repos.name, repos.default_branch, repos.archived, repos.archived_at, repos.fork, repos.template, repos.topics, repos.properties, repos.last_push, repos.creator, repos.template_of), (repos.host_id != '', repos.source NOT IN (SELECT retired.source FROM retired), repos.seen)) AS names
    FROM repos
    GROUP BY repos.id
) AS known
LEFT JOIN
(
    SELECT
        readings.repo AS repo,
        argMax((readings.complete, readings.reason, readings.names), readings.at) AS mark,
        argMaxIf(readings.files, readings.at, readings.files != 0) AS files
    FROM readings
    GROUP BY readings.repo
) AS readings_newest ON readings_newest.repo = known.repo
LEFT JOIN
(
    SELECT
        walks.repo AS repo,
        argMax(walks.id, (walks.at, walks.first + walks.commits)) AS mark
    FROM walks
    GROUP BY walks.repo
) AS walks_newest ON walks_newest.repo = known.repo
LEFT JOIN
(
    SELECT
        exemptions.repo AS repo,
        groupBitXor(cityHash64(exemptions.component, exemptions.path, exemptions.begins, exemptions.ends, exemptions.recorded)) AS mark
    FROM exemptions
    GROUP BY exemptions.repo
) AS exemptions_all ON exemptions_all.repo = known.repo
LEFT JOIN
(
    SELECT
        told.repo AS repo,
        sum(told.mark) AS mark
    FROM
    (
        SELECT
            run_days.repo AS repo,
            groupBitXor(cityHash64(run_days.what, run_days.day)) AS mark
        FROM run_days FINAL
        GROUP BY run_days.repo
        UNION ALL
        SELECT
            run_packs.repo AS repo,
            groupBitXor(cityHash64(run_packs.term, bitAnd(run_packs.version, 4294967295))) AS mark
        FROM run_packs FINAL
        GROUP BY run_packs.repo
        UNION ALL
        SELECT
            run_windows.repo AS repo,
            groupBitXor(cityHash64(run_windows.begins, run_windows.ends)) AS mark
        FROM run_windows FINAL
        GROUP BY run_windows.repo
        UNION ALL
        SELECT
            pulls.repo AS repo,
            cityHash64(max(pulls.updated), uniq(pulls.number)) AS mark
        FROM pulls
        WHERE pulls.merged > 0
        GROUP BY pulls.repo
        UNION ALL
        SELECT
            policies_turned.repo AS repo,
            groupBitXor(cityHash64(policies_turned.source, policies_turned.seen, policies_turned.list, policies_turned.missed, policies_turned.unread)) AS mark
        FROM policies_turned
        GROUP BY policies_turned.repo
        UNION ALL
        SELECT
            accesses_turned.repo AS repo,
            groupBitXor(cityHash64(accesses_turned.source, accesses_turned.seen, accesses_turned.list)) AS mark
        FROM accesses_turned
        GROUP BY accesses_turned.repo
        UNION ALL
        SELECT
            host_warnings.repo AS repo,
            groupBitXor(cityHash64(host_warnings.source, host_warnings.file, host_warnings.line, host_warnings.message)) AS mark
        FROM host_warnings FINAL
        GROUP BY host_warnings.repo
        UNION ALL
        SELECT
            repos_gone.repo AS repo,
            cityHash64('gone', repos_gone.at) AS mark
        FROM repos_gone
        UNION ALL
        SELECT
            turned.repo AS repo,
            groupBitXor(turned.mark) AS mark
        FROM
        (
            SELECT
                arrayJoin(arrayDistinct([said.repo, said.before])) AS repo,
                said.mark AS mark
            FROM
            (
                SELECT
                    about.id AS repo,
                    lagInFrame(about.id) OVER in_order AS before,
                    cityHash64(
                        about.id,
                        catalog_entities.folder,
                        catalog_entities.gone,
                        catalog_entities.owner,
                        catalog_entities.owner_person,
                        catalog_entities.owner_gone,
                        catalog_entities.unresolved[indexOf(catalog_entities.field, 'owner')],
                        catalog_entities.field_values[indexOf(catalog_entities.field, 'owner')]
                    ) AS claim,
                    row_number() OVER in_order = 1 OR lagInFrame(claim) OVER in_order != claim AS turned,
                    catalog_entities.source IN (SELECT catalogs_retired.source FROM catalogs_retired) AS retired,
                    cityHash64(catalog_entities.source, catalog_entities.kind, catalog_entities.namespace, catalog_entities.name, catalog_entities.seen, claim, retired) AS mark
                FROM catalog_entities FINAL
                LEFT JOIN
                (
                    SELECT
                        repos.name AS name,
                        argMax(repos.id, repos.seen) AS id
                    FROM repos
                    GROUP BY repos.name
                ) AS about ON about.name = catalog_entities.repo
                WINDOW in_order AS
                (
                    PARTITION BY
                        catalog_entities.source,
                        catalog_entities.kind,
                        catalog_entities.namespace,
                        catalog_entities.name
                    ORDER BY catalog_entities.seen
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                )
            ) AS said
            WHERE said.turned
        ) AS turned
        WHERE turned.repo != 0
        GROUP BY turned.repo
        UNION ALL
        SELECT
            sighted.repo AS repo,
            cityHash64('heads', arraySort(groupArray((sighted.source, sighted.head, sighted.retired)))) AS mark
        FROM
        (
            SELECT
                readings.repo AS repo,
                readings.source AS source,
                argMax(readings.head, readings.at) AS head,
                readings.source IN (SELECT retired.source FROM retired) AS retired
            FROM readings
            WHERE readings.complete
            GROUP BY
                readings.repo,
                readings.source
        ) AS sighted
        GROUP BY sighted.repo
        HAVING count() > 1
            OR max(sighted.retired)
    ) AS told
    GROUP BY told.repo
) AS hosts_told ON hosts_told.repo = known.repo
LEFT JOIN
(
    SELECT
        current.repo AS repo,
        max(current.generation) AS generation,
        argMax(current.definitions, current.generation) AS definitions,
        argMax(current.mark, current.generation) AS mark,
        argMax(current.named, current.generation) AS named
    FROM current
    GROUP BY current.repo
) AS published ON published.repo = known.repo
ORDER BY known.repo
