-- bench_spans: ten years of 10,000 repositories on 8 paths with 6 changes each, some of them cut once or twice
-- more by activity and owners; 1,000 teams.
INSERT INTO spans (generation, repo, component, path, begins, ends, team, state, tree, active, choice, mandated,
    voluntary, kept, dated, origin, ways, version, since, spell_from, reason)
SELECT
    1,
    lives.repo,
    '',
    lives.path,
    lives.begins,
    lives.ends,
    -- one in fifty changes hands
    concat('team', toString((lives.home + if(lives.dice % 50 = 0, intDiv(lives.dice, 50) % 1000, 0)) % 1000)),
    lives.state,
    if(lives.state IN ('ineligible', 'exempt', 'dormant'), 'off', lives.state),
    bitShiftRight(lives.dice, 8) % 8 != 0,
    bitShiftRight(lives.dice, 12) % 3 != 0,
    bitShiftRight(lives.dice, 12) % 3 = 0,
    lives.origin IN ('born', 'chosen') AND bitShiftRight(lives.dice, 16) % 4 != 0,
    lives.origin = 'mandated' AND bitShiftRight(lives.dice, 20) % 2 = 0,
    true,
    lives.origin,
    multiIf(lives.state = 'on', ['golden'], lives.state = 'mixed', ['golden', 'other'], lives.state = 'off', ['other'], []),
    'v3',
    lives.begins,
    lives.begins,
    ''
FROM
(
    SELECT
        cityHash64(intDiv(series.number, 8)) AS repo,
        concat('path', toString(series.number % 8)) AS path,
        intDiv(series.number, 8) AS home,
        7 + cityHash64(series.number, 'cuts') % 2 AS pieces,
        arraySort(arrayMap(
            piece -> toUInt32(toDateTime('2014-01-01 00:00:00', 'UTC')) + toUInt32(cityHash64(series.number, piece) % (3652 * 86400)),
            range(pieces)
        )) AS cuts,
        arrayJoin(range(pieces)) AS piece,
        toDateTime(cuts[piece + 1], 'UTC') AS begins,
        toDateTime(if(piece + 1 = pieces, toUInt32(4294967295), cuts[piece + 2]), 'UTC') AS ends,
        cityHash64(series.number, piece, 'dice') AS dice,
        ['unknown', 'ineligible', 'exempt', 'dormant', 'on', 'mixed', 'off', 'none', 'on', 'off', 'off', 'off', 'on', 'mixed', 'off', 'none'][1 + bitShiftRight(dice, 24) % 16] AS state,
        if(state IN ('on', 'mixed'), ['enforced', 'mandated', 'born', 'automated', 'assisted', 'chosen', 'unknown'][1 + bitShiftRight(dice, 28) % 7], '') AS origin
    FROM numbers(80000) AS series
) AS lives
WHERE lives.begins < lives.ends
