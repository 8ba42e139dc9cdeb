-- cuts: on which sides of some paths was each repository from which moment on? See sides for the bits of the mask.
SELECT
    turned.repo AS repo,
    turned.at AS at,
    sum(sum(turned.bit)) OVER (PARTITION BY turned.repo ORDER BY turned.at) AS mask
FROM
(
    SELECT
        sides.repo AS repo,
        turn.1 AS at,
        turn.2 AS bit
    FROM ({{sides}}) AS sides
    ARRAY JOIN [(sides.begins, sides.bit), (sides.ends, -sides.bit)] AS turn
) AS turned
GROUP BY
    turned.repo,
    turned.at
