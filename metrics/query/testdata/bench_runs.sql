-- bench_runs: some of all runs over five years, of repositories that are of unlike size.
INSERT INTO runs (repo, created, id, attempt, source, workflow, event, branch, on_default, imposed, head, outcome,
    started, finished, used_kind, used_target, used_file, used_ref, used_sha, seen)
SELECT
    cityHash64(intDiv(dice % 10000, 1 + dice % 3)),
    toDateTime(toUInt32(toDateTime('2019-01-01 00:00:00', 'UTC')) + toUInt32(intDiv(series.number * 157766400, @runs)), 'UTC') AS created,
    series.number,
    1,
    'github',
    concat('.github/workflows/w', toString(bitShiftRight(dice, 20) % 3), '.yml'),
    if(bitShiftRight(dice, 24) % 5 < 2, 'push', 'pull_request'),
    if(bitShiftRight(dice, 24) % 5 < 2, 'main', 'topic'),
    bitShiftRight(dice, 24) % 5 < 2,
    false,
    '',
    ['success', 'success', 'success', 'success', 'success', 'failure', 'cancelled', 'success'][1 + bitShiftRight(dice, 32) % 8],
    created + 5,
    created + 5 + bitShiftRight(dice, 36) % 1800,
    ['workflow'],
    ['acme/golden/.github/workflows/build.yml'],
    [''],
    ['v3'],
    [''],
    created + 3600
FROM
(
    SELECT
        series.number AS number,
        cityHash64(series.number, 'run') AS dice
    FROM numbers(@first, @count) AS series
) AS series
