-- Of rows that list nothing, since nobody could read the policies of a repository yet: and what these may make run, as long as
-- somebody may.
ALTER TABLE policies ADD COLUMN IF NOT EXISTS missed Bool;

ALTER TABLE policies ADD COLUMN IF NOT EXISTS unread Array(LowCardinality(String));

DROP VIEW IF EXISTS policies_turned;

-- Of lists in a row by one source that are the same, the first.
CREATE VIEW IF NOT EXISTS policies_turned AS
SELECT
    told.repo AS repo,
    told.source AS source,
    told.seen AS seen,
    told.list AS list,
    told.missed AS missed,
    told.unread AS unread
FROM
(
    SELECT
        policies.repo AS repo,
        policies.source AS source,
        policies.seen AS seen,
        policies.missed AS missed,
        policies.unread AS unread,
        arraySort(arrayZip(policies.id, policies.kind, policies.uses, policies.target, policies.file, policies.ref, policies.sha, policies.since)) AS list,
        row_number() OVER in_order = 1 OR lagInFrame(list) OVER in_order != list OR lagInFrame((missed, unread)) OVER in_order != (missed, unread) AS turned
    FROM policies FINAL
    WINDOW in_order AS
    (
        PARTITION BY
            policies.repo,
            policies.source
        ORDER BY policies.seen
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS told
WHERE told.turned;
