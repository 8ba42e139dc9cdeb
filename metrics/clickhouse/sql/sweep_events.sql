-- sweep_events: remove the rows that a newer published generation has replaced.
ALTER TABLE events
DELETE WHERE (events.repo, events.generation) IN
(
    SELECT
        events.repo,
        events.generation
    FROM events
    INNER JOIN (SELECT current.repo AS repo, current.generation AS generation FROM current FINAL) AS published
        ON published.repo = events.repo
    WHERE events.generation < published.generation
)
SETTINGS mutations_sync = 2
