-- What software catalogs say, how files describe repositories to them, and what was found out about that.

-- An entity as a source saw it: a row for each time that it was seen otherwise than before, or was missed in a whole list. An
-- array for each field of its fields, and for each of whom the portal takes the owners for. People are keyed.
CREATE TABLE IF NOT EXISTS catalog_entities
(
    source          LowCardinality(String),
    kind            LowCardinality(String),
    namespace       LowCardinality(String),
    name            String CODEC(ZSTD(1)),
    seen            DateTime('UTC') CODEC(Delta, ZSTD(1)),
    gone            Bool,
    mark            UInt64,
    field           Array(LowCardinality(String)) CODEC(ZSTD(1)),
    field_values    Array(Array(String)) CODEC(ZSTD(1)),
    unresolved      Array(Bool) CODEC(ZSTD(1)),
    since           Array(DateTime('UTC')) CODEC(ZSTD(1)),
    edited_by       Array(Enum8('' = 0, 'human' = 1, 'machine' = 2)) CODEC(ZSTD(1)),
    repo            String CODEC(ZSTD(1)),
    folder          String CODEC(ZSTD(1)),
    descriptor_repo String CODEC(ZSTD(1)),
    descriptor_path String CODEC(ZSTD(1)),
    orphan          Bool,
    problems        Array(String) CODEC(ZSTD(1)),
    edited          DateTime('UTC'),
    owner           Array(String) CODEC(ZSTD(1)),
    owner_person    Array(UInt64) CODEC(ZSTD(1)),
    owner_gone      Array(Bool) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (source, kind, namespace, name, seen);

-- A catalog was read. A whole list has all entities of some kinds, of all where none is named.
CREATE TABLE IF NOT EXISTS catalog_lists
(
    source   LowCardinality(String),
    at       DateTime('UTC'),
    complete Bool,
    kinds    Array(LowCardinality(String)),
    entities UInt32,
    requests UInt32,
    detail   String
)
ENGINE = ReplacingMergeTree
ORDER BY (source, at);

-- Catalogs that are not configured any more, with when that was found first: none where no scan said yet which are.
CREATE VIEW IF NOT EXISTS catalogs_retired AS
SELECT
    told.source AS source,
    arrayMin(arrayFilter(at -> at > told.last, told.moments)) AS at
FROM
(
    SELECT
        catalogs.source AS source,
        maxIf(configured.at, has(configured.sources, catalogs.source)) AS last,
        groupArray(configured.at) AS moments
    FROM (SELECT DISTINCT catalog_lists.source AS source FROM catalog_lists) AS catalogs
    CROSS JOIN configured
    GROUP BY catalogs.source
) AS told
WHERE arrayMax(told.moments) > told.last;

-- How far entities are on tracks that portals keep. Of each level how many reach it, all below it included.
CREATE TABLE IF NOT EXISTS catalog_tracks
(
    source     LowCardinality(String),
    track      LowCardinality(String),
    at         DateTime('UTC'),
    entities   UInt32,
    ordinal    Array(UInt32),
    passed     Array(UInt32),
    failed     Array(UInt32),
    unreported Array(UInt32)
)
ENGINE = ReplacingMergeTree
ORDER BY (source, track, at);

-- Whether something answers at links of entities, as it was asked last.
CREATE TABLE IF NOT EXISTS catalog_links
(
    url     String CODEC(ZSTD(1)),
    answers Enum8('no' = 0, 'unknown' = 1, 'yes' = 2),
    status  UInt16, -- of HTTP; 0 where nothing answered
    checked DateTime('UTC'),
    since   DateTime('UTC'), -- it is so
    failed  DateTime('UTC')  -- since when no check found anything; 1970 where the last did
)
ENGINE = ReplacingMergeTree(checked)
ORDER BY url;

-- What hosts call the teams of catalogs, as @org/team.
ALTER TABLE host_teams ADD COLUMN IF NOT EXISTS aliases Array(String);

-- Concluded: entities as the files of repositories describe them at their heads.
CREATE TABLE IF NOT EXISTS described
(
    generation   UInt64,
    repo         UInt64,
    kind         LowCardinality(String),
    namespace    LowCardinality(String),
    name         String CODEC(ZSTD(1)),
    seen         DateTime('UTC'),
    file         LowCardinality(String),
    blob         String, -- what is in it
    line         UInt32,
    about        String CODEC(ZSTD(1)), -- identity of the repository that it is about; '' where it names none
    folder       LowCardinality(String),
    field        Array(LowCardinality(String)) CODEC(ZSTD(1)),
    field_values Array(Array(String)) CODEC(ZSTD(1)),
    unresolved   Array(Bool) CODEC(ZSTD(1)),
    field_line   Array(UInt32) CODEC(ZSTD(1)),
    confirmed    Array(DateTime('UTC')) CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (repo, file, kind, namespace, name);

-- Concluded: who owns units by what is no catalog, as of the last facts.
CREATE TABLE IF NOT EXISTS owners_beside
(
    generation UInt64,
    repo       UInt64,
    component  String,
    team       LowCardinality(String),
    source     LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (repo, component);

-- Judged: what catalogs came to. All are judged together, again and again, and these rows are written last: of the other
-- tables those rows are in force that have the newest moment of this one. A share has a numerator, a denominator, and how many
-- of that are unknown.
CREATE TABLE IF NOT EXISTS catalog_judgements
(
    source       LowCardinality(String),
    at           DateTime('UTC'),
    entities     UInt32, -- that count
    fresh        Tuple(num UInt32, den UInt32, unknown UInt32),
    owners       Tuple(num UInt32, den UInt32, unknown UInt32),
    coverage     Tuple(num UInt32, den UInt32, unknown UInt32),
    ghosts       Tuple(num UInt32, den UInt32, unknown UInt32),
    ladder       Array(Tuple(num UInt32, den UInt32, unknown UInt32)),
    fresh_fields Array(LowCardinality(String)), -- that made an entity fresh then
    orphans      UInt32,
    unread       UInt32,
    dark         Array(String) CODEC(ZSTD(1)),
    half_life    Float64, -- days; NaN where more than half last longer than is known
    followed   Tuple(num UInt32, den UInt32, unknown UInt32) -- freshness if all advice were followed
)
ENGINE = ReplacingMergeTree
ORDER BY (source, at);

-- Judged: the entities of catalogs. Each judgement lies by itself, so that the one before is removed as a whole.
CREATE TABLE IF NOT EXISTS catalog_verdicts
(
    source          LowCardinality(String),
    kind            LowCardinality(String),
    namespace       LowCardinality(String),
    name            String CODEC(ZSTD(1)),
    at              DateTime('UTC'),
    counted         Bool,
    fresh           Enum8('no' = 0, 'unknown' = 1, 'yes' = 2),
    ghost           Enum8('no' = 0, 'unknown' = 1, 'yes' = 2),
    ghost_by        LowCardinality(String),
    owner_steps     Array(Enum8('no' = 0, 'unknown' = 1, 'yes' = 2)),
    owner_right     Enum8('no' = 0, 'unknown' = 1, 'yes' = 2),
    owner_teams     Array(LowCardinality(String)),
    owner_actual    LowCardinality(String),
    repo            String CODEC(ZSTD(1)),
    folder          String CODEC(ZSTD(1)),
    descriptor_repo String CODEC(ZSTD(1)),
    descriptor_path String CODEC(ZSTD(1)),
    orphan          Bool,
    problems        Array(String) CODEC(ZSTD(1)),
    field           Array(LowCardinality(String)) CODEC(ZSTD(1)),
    verdict         Array(Enum8('right' = 1, 'wrong' = 2, 'empty' = 3, 'aged' = 4, 'unverified' = 5)) CODEC(ZSTD(1)),
    cause           Array(LowCardinality(String)) CODEC(ZSTD(1)),
    reason          Array(String) CODEC(ZSTD(1)),
    field_values    Array(Array(String)) CODEC(ZSTD(1)),
    field_line      Array(UInt32) CODEC(ZSTD(1)),
    confirmed       Array(DateTime('UTC')) CODEC(ZSTD(1)),
    edited_by       Array(Enum8('' = 0, 'human' = 1, 'machine' = 2)) CODEC(ZSTD(1)),
    since           Array(DateTime('UTC')) CODEC(ZSTD(1)),
    dated           Array(Bool) CODEC(ZSTD(1)),
    evidence        String CODEC(ZSTD(1)) -- JSON: a list of lists, one for each field
)
ENGINE = MergeTree
PARTITION BY at
ORDER BY (source, kind, namespace, name);

-- Judged: what each field of a catalog is worth.
CREATE TABLE IF NOT EXISTS catalog_audits
(
    source   LowCardinality(String),
    field    String,
    at       DateTime('UTC'),
    filled   Tuple(num UInt32, den UInt32, unknown UInt32),
    right    Tuple(num UInt32, den UInt32, unknown UInt32),
    wrong    Tuple(num UInt32, den UInt32, unknown UInt32),
    aged     Tuple(num UInt32, den UInt32, unknown UInt32),
    machine  Tuple(num UInt32, den UInt32, unknown UInt32),
    fillable Tuple(num UInt32, den UInt32, unknown UInt32),
    followed Tuple(num UInt32, den UInt32, unknown UInt32), -- freshness if the advice on it were followed
    distinct UInt32,
    age      Float64, -- days; NaN where it is not known
    truth    LowCardinality(String),
    advice   Enum8('automate' = 1, 'keep' = 2, 'kill' = 3),
    why      String
)
ENGINE = MergeTree
ORDER BY (source, field);

-- Judged: what several entities of a catalog claim, a place or a name.
CREATE TABLE IF NOT EXISTS catalog_duplicates
(
    source LowCardinality(String),
    claims String, -- the repository or the folder in it, or kind:name
    at     DateTime('UTC'),
    place  Bool,   -- it is a place
    refs   Array(String)
)
ENGINE = MergeTree
ORDER BY (source, place, claims);

-- Judged: on which fields two catalogs say different things of one place.
CREATE TABLE IF NOT EXISTS catalog_disagreements
(
    place    String,
    field    LowCardinality(String),
    a_source LowCardinality(String),
    b_source LowCardinality(String),
    at       DateTime('UTC'),
    a_ref    String,
    b_ref    String,
    a_values Array(String),
    b_values Array(String)
)
ENGINE = MergeTree
ORDER BY (place, field, a_source, b_source);

-- Judged: from the last confirmation of entities to their first wrong field. Told again, the first end holds.
CREATE TABLE IF NOT EXISTS catalog_episodes
(
    source    LowCardinality(String),
    kind      LowCardinality(String),
    namespace LowCardinality(String),
    name      String,
    confirmed DateTime('UTC'),
    wrong     DateTime('UTC'),
    seen      DateTime('UTC'),
    dated     Bool,
    at        DateTime('UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (source, kind, namespace, name, confirmed);

-- What portals were told about their entities last, as a fingerprint of it.
CREATE TABLE IF NOT EXISTS catalog_given
(
    source    LowCardinality(String),
    kind      LowCardinality(String),
    namespace LowCardinality(String),
    name      String,
    mark      UInt64,
    at        DateTime('UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (source, kind, namespace, name);

-- What a scan told a portal behind a list of it: of how many entities, and why not of all.
CREATE TABLE IF NOT EXISTS catalog_givings
(
    source LowCardinality(String),
    list   DateTime('UTC'),
    given  UInt32,
    detail String
)
ENGINE = ReplacingMergeTree
ORDER BY (source, list);
