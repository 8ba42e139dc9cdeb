-- flows: how many units went from which ways to which on each path, between two moments?
WITH
    ['on', 'mixed', 'off', 'dormant', 'none', 'exempt', 'ineligible', 'unknown', 'inactive', ''] AS shown -- in this order
SELECT
    moved.path AS path,
    moved.from_ways AS from_ways,
    moved.to_ways AS to_ways,
    moved.from_state AS from_state,
    moved.to_state AS to_state,
    count() AS units
FROM ({{moves}}) AS moved
INNER JOIN
(
    SELECT
        paths.key AS path,
        min(paths.position) AS position
    FROM paths
    WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
    GROUP BY paths.key
) AS defined ON defined.path = moved.path
GROUP BY
    defined.position,
    moved.path,
    moved.from_ways,
    moved.to_ways,
    moved.from_state,
    moved.to_state
ORDER BY
    defined.position,
    path,
    indexOf(shown, from_state),
    from_ways,
    indexOf(shown, to_state),
    to_ways
