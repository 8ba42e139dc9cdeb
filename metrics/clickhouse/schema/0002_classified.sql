-- What classify concluded. Every row carries the generation that wrote it; current names, for each
-- repository, the generation in force, and fingerprints of the definitions and the facts that it follows.
-- One insert into current swaps all repositories of a run at once.
-- Its row of repository 0 names the generation of the paths and teams.

CREATE TABLE IF NOT EXISTS current
(
    repo        UInt64,
    generation  UInt64,
    definitions UInt64,
    mark        UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY repo;

-- One row a unit and path for each time during which nothing about it changed. Sorted by team after path,
-- so that counting by team finds its rows together.
CREATE TABLE IF NOT EXISTS spans
(
    generation UInt64,
    repo       UInt64,
    component  LowCardinality(String),
    path       LowCardinality(String),
    begins     DateTime('UTC'),
    ends       DateTime('UTC'),
    team       LowCardinality(String),
    state      Enum8('unknown' = 1, 'ineligible' = 2, 'exempt' = 3, 'dormant' = 4, 'on' = 5, 'mixed' = 6, 'off' = 7, 'none' = 8),
    tree       Enum8('unknown' = 1, 'on' = 5, 'mixed' = 6, 'off' = 7, 'none' = 8),
    active     Bool,
    choice     Bool,
    mandated   Bool,
    voluntary  Bool,
    kept       Bool,
    dated      Bool,
    origin     Enum8('' = 0, 'enforced' = 1, 'mandated' = 2, 'born' = 3, 'automated' = 4, 'assisted' = 5, 'chosen' = 6, 'unknown' = 7),
    ways       Array(LowCardinality(String)),
    version    LowCardinality(String),
    since      DateTime('UTC'),
    spell_from DateTime('UTC'),
    reason     LowCardinality(String),

    -- All that adoption counts a span for, in one number: 0-3 the state, 0 when inactive and not unknown; of
    -- using units 4-6 the origin, 7 kept, 8 voluntary; 9 mandated, where it matters whether that was before or
    -- is not known; 10 a choice. 9 and 10 of the unknown, too.
    class UInt16 MATERIALIZED
        if(active OR state = 'unknown', toUInt16(toInt8(state)), 0)
        + if(active AND state IN ('on', 'mixed'), bitShiftLeft(toUInt16(toInt8(origin)), 4) + bitShiftLeft(toUInt16(kept), 7) + bitShiftLeft(toUInt16(voluntary), 8), 0)
        + bitShiftLeft(toUInt16(mandated AND (state = 'unknown' OR active AND state IN ('on', 'mixed') AND (voluntary OR origin = 'unknown'))), 9)
        + bitShiftLeft(toUInt16(choice AND (state = 'unknown' OR active AND state IN ('on', 'mixed', 'off', 'dormant'))), 10)
)
ENGINE = MergeTree
ORDER BY (path, team, repo, component, begins);

-- What happened, as commits and clocks brought it. Ord goes before the path, so that events of one
-- repository at the same instant can stand in the order of its branch.
CREATE TABLE IF NOT EXISTS events
(
    generation UInt64,
    id         UInt64,
    repo       UInt64,
    component  LowCardinality(String),
    path       LowCardinality(String),
    at         DateTime('UTC'),
    ord        UInt32,
    kind       Enum8('entered' = 1, 'left' = 2, 'changed' = 3, 'upgraded' = 4, 'exempted' = 5, 'exemption_ended' = 6, 'mandate_started' = 7, 'mandate_ended' = 8, 'archived' = 9, 'removed' = 10),
    from_state Enum8('' = 0, 'unknown' = 1, 'on' = 5, 'mixed' = 6, 'off' = 7, 'none' = 8),
    to_state   Enum8('' = 0, 'unknown' = 1, 'on' = 5, 'mixed' = 6, 'off' = 7, 'none' = 8),
    ways       Array(LowCardinality(String)),
    version    LowCardinality(String),
    commit     String,
    change     String,
    actor      UInt64,
    origin     Enum8('' = 0, 'enforced' = 1, 'mandated' = 2, 'born' = 3, 'automated' = 4, 'assisted' = 5, 'chosen' = 6, 'unknown' = 7),
    evidence   String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (at, repo, ord, component, path);

CREATE TABLE IF NOT EXISTS spells
(
    generation UInt64,
    repo       UInt64,
    component  LowCardinality(String),
    path       LowCardinality(String),
    begins     DateTime('UTC'),
    ends       DateTime('UTC'),
    outcome    Enum8('running' = 1, 'left' = 2, 'censored' = 3),
    known      Bool,
    choice     Bool,
    origin     Enum8('' = 0, 'enforced' = 1, 'mandated' = 2, 'born' = 3, 'automated' = 4, 'assisted' = 5, 'chosen' = 6, 'unknown' = 7),
    actor      UInt64,
    team       LowCardinality(String),
    commit     String,
    change     String,
    machine    Bool,
    marks      Array(UInt64)
)
ENGINE = MergeTree
ORDER BY (path, repo, component, begins);

-- At which moments a unit's team decided for or against a path. An exit counts from told on: before, it may be a
-- short absence.
CREATE TABLE IF NOT EXISTS decisions
(
    generation UInt64,
    repo       UInt64,
    component  LowCardinality(String),
    path       LowCardinality(String),
    at         DateTime('UTC'),
    told       DateTime('UTC'),
    kind       Enum8('birth' = 1, 'entry' = 2, 'exit' = 3),
    in_favour  Bool,
    choice     Bool,
    free       Bool,
    origin     Enum8('' = 0, 'enforced' = 1, 'mandated' = 2, 'born' = 3, 'automated' = 4, 'assisted' = 5, 'chosen' = 6, 'unknown' = 7),
    team       LowCardinality(String),
    commit     String,
    change     String
)
ENGINE = MergeTree
ORDER BY (path, at, repo, component, kind);

CREATE TABLE IF NOT EXISTS ownership
(
    generation UInt64,
    repo       UInt64,
    component  LowCardinality(String),
    team       LowCardinality(String),
    begins     DateTime('UTC'),
    ends       DateTime('UTC'),
    source     Enum8('config' = 1, 'catalog' = 2, 'codeowners' = 3, 'provider' = 4)
)
ENGINE = MergeTree
ORDER BY (repo, component, begins);

-- Files that did not parse, with their positions.
CREATE TABLE IF NOT EXISTS warnings
(
    generation UInt64,
    repo       UInt64,
    file       String,
    line       UInt32,
    column     UInt32,
    message    String
)
ENGINE = MergeTree
ORDER BY (repo, file, line);

-- The paths as a generation understands them: what questions need to know of a definition.
CREATE TABLE IF NOT EXISTS paths
(
    generation  UInt64,
    key         LowCardinality(String),
    position    UInt16,
    title       String,
    since       DateTime('UTC'),
    ways        Array(String),
    team_on_at  Float64,
    leave_after UInt32, -- seconds
    latest      String  -- the repository whose tags are its versions
)
ENGINE = MergeTree
ORDER BY (generation, position);

CREATE TABLE IF NOT EXISTS teams
(
    generation UInt64,
    key        LowCardinality(String),
    title      String,
    group      LowCardinality(String),
    platform   Bool
)
ENGINE = MergeTree
ORDER BY (generation, key);
