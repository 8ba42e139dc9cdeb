-- changes: of the units, and of the teams, that adoption counts on each path at both of two moments, how many used it,
-- or did so freely, at both, at the first alone, at the second alone, at neither?
--
-- A unit or team is compared where it is in the denominator at both moments: it is served, or has a choice. A team
-- is judged as in adoption, by the units that it has at each moment. What is unknown at either moment counts under
-- unknown alone; what uses the path at the second and was not there at the first, under born. The bits of a class are
-- explained in the schema.
SELECT
    compared.path AS path,
    compared.whom AS whom,
    compared.what AS what,
    countIf(compared.before AND compared.after) AS both,
    countIf(compared.before AND NOT compared.after) AS left,
    countIf(NOT compared.before AND compared.after) AS joined,
    countIf(NOT compared.before AND NOT compared.after) AS neither
FROM
(
    SELECT
        units.path AS path,
        'repos' AS whom,
        pair.1 AS what,
        pair.2 AS before,
        pair.3 AS after
    FROM
    (
        SELECT
            held.path AS path,
            anyIf(held.class, held.at_from) AS class_from,
            anyIf(held.class, held.at_to) AS class_to,
            NOT max(held.at_from) AS is_new,
            bitAnd(class_from, 15) AS state_from,
            bitAnd(class_to, 15) AS state_to,
            state_from BETWEEN 4 AND 7 AND state_to BETWEEN 4 AND 7 AS is_served,
            is_served AND bitTest(class_from, 10) AND bitTest(class_to, 10) AS has_choice,
            state_from = 1 AND (state_to = 1 OR state_to BETWEEN 4 AND 7) OR state_to = 1 AND state_from BETWEEN 4 AND 7 AS is_unknown
        FROM ({{moments}}) AS held
        GROUP BY
            held.path,
            held.repo,
            held.component
        HAVING (@team = '' OR argMax(held.team, held.at_to) = @team)
            AND (@group = '' OR argMax(held.team, held.at_to) IN ({{teams_below}}))
    ) AS units
    ARRAY JOIN arrayFilter(kind -> kind.4, [
        ('using', units.state_from IN (5, 6), units.state_to IN (5, 6), units.is_served),
        ('voluntary', bitTest(units.class_from, 8), bitTest(units.class_to, 8), units.has_choice),
        ('unknown', 1, 1, units.is_unknown),
        ('born', 1, 1, units.is_new AND units.state_to IN (5, 6))
    ]) AS pair
    UNION ALL
    SELECT
        teams.path AS path,
        'teams' AS whom,
        pair.1 AS what,
        pair.2 AS before,
        pair.3 AS after
    FROM
    (
        SELECT
            held.path AS path,
            countIf(held.at_from AND held.served) AS served_from,
            countIf(held.at_to AND held.served) AS served_to,
            countIf(held.at_from AND held.served AND bitTest(held.class, 10)) AS choice_from,
            countIf(held.at_to AND held.served AND bitTest(held.class, 10)) AS choice_to,
            countIf(held.at_from AND held.uses) AS uses_from,
            countIf(held.at_to AND held.uses) AS uses_to,
            uses_from > 0 AND uses_from / served_from >= any(defined.team_on_at) AS on_from,
            uses_to > 0 AND uses_to / served_to >= any(defined.team_on_at) AS on_to,
            on_from AND 2 * countIf(held.at_from AND bitTest(held.class, 8)) >= uses_from AS freely_from,
            on_to AND 2 * countIf(held.at_to AND bitTest(held.class, 8)) >= uses_to AS freely_to
        FROM
        (
            SELECT
                moments.*,
                bitAnd(moments.class, 15) BETWEEN 4 AND 7 AS served,
                bitAnd(moments.class, 15) IN (5, 6) AS uses
            FROM ({{moments}}) AS moments
            WHERE moments.team != ''
                AND (@team = '' OR moments.team = @team)
                AND (@group = '' OR moments.team IN ({{teams_below}}))
        ) AS held
        INNER JOIN
        (
            SELECT
                paths.key AS path,
                any(paths.team_on_at) AS team_on_at
            FROM paths
            WHERE paths.generation IN (SELECT max(current.generation) FROM current WHERE current.repo = 0)
            GROUP BY paths.key
        ) AS defined ON defined.path = held.path
        GROUP BY
            held.path,
            held.team
    ) AS teams
    ARRAY JOIN arrayFilter(kind -> kind.4, [
        ('using', teams.on_from, teams.on_to, teams.served_from > 0 AND teams.served_to > 0),
        ('voluntary', teams.freely_from, teams.freely_to, teams.choice_from > 0 AND teams.choice_to > 0)
    ]) AS pair
) AS compared
GROUP BY
    compared.path,
    compared.whom,
    compared.what
ORDER BY
    path,
    whom,
    what
