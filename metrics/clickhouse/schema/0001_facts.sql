-- Facts: what sources saw, as they saw it. Every row has a deterministic identity (its sorting key), so that
-- writing it twice changes nothing. Readers add FINAL where a double would show.

-- Which source read which repository when, and what was not complete. "Unknown" comes from here.
CREATE TABLE IF NOT EXISTS readings
(
    repo     UInt64,
    source   LowCardinality(String),
    at       DateTime('UTC'),
    complete Bool,
    reason   LowCardinality(String),
    detail   String,
    head     String,
    watched  UInt64,
    names    UInt64,
    files    UInt64 -- a set of file_states; 0 of a source that reads history
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, source, at);

-- A repository exists; its newest row per source says what it is like, older ones keep its former names.
CREATE TABLE IF NOT EXISTS repos
(
    id             UInt64,
    name           String,
    source         LowCardinality(String),
    seen           DateTime('UTC'),
    location       String,
    default_branch LowCardinality(String),
    head           String,
    created        DateTime('UTC'),
    last_push      DateTime('UTC'),
    archived       Bool,
    archived_at    DateTime('UTC'),
    fork           Bool,
    template       Bool,
    shallow        Bool,
    topics         Array(String),
    properties     Map(String, String),
    languages      Array(String),
    template_of    String
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (id, source, name);

-- One read of a branch's history. Written last: a walk that is here is complete.
CREATE TABLE IF NOT EXISTS walks
(
    id       UInt64,
    repo     UInt64,
    prev     UInt64,
    base     String,
    head     String,
    first    UInt32,
    commits  UInt32,
    at       DateTime('UTC'),
    branch   LowCardinality(String),
    grafted  Bool,
    watched  UInt64,
    watch    Array(String),
    presence Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, id);

-- Landed commits (seq 0) and the commits behind merges (seq from 1, oldest first).
CREATE TABLE IF NOT EXISTS commits
(
    repo         UInt64,
    walk         UInt64,
    pos          UInt32,
    seq          UInt32,
    oid          String,
    committed    DateTime('UTC') CODEC(Delta, ZSTD(1)),
    authored     DateTime('UTC') CODEC(Delta, ZSTD(1)),
    author       UInt64,
    co_authors   Array(UInt64),
    requested_by Array(UInt64),
    merge        Bool,
    branch       String CODEC(ZSTD(1)),
    routine      Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, walk, pos, seq);

-- Which globs a fingerprint of watched files stands for, where no walk says so.
CREATE TABLE IF NOT EXISTS watch_sets
(
    watched  UInt64,
    watch    Array(String),
    presence Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY watched;

-- The sets of watched files that were seen at heads, by sources that read no history. Readings name them.
CREATE TABLE IF NOT EXISTS file_states
(
    repo  UInt64,
    files UInt64,
    path  String CODEC(ZSTD(1)),
    blob  String
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, files, path);

-- What a landed commit did to a watched file; an empty blob takes it away.
CREATE TABLE IF NOT EXISTS file_changes
(
    repo UInt64,
    walk UInt64,
    pos  UInt32,
    path String CODEC(ZSTD(1)),
    blob String
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, walk, pos, path);

-- What a commit behind a merge did to a watched file.
CREATE TABLE IF NOT EXISTS side_changes
(
    repo UInt64,
    walk UInt64,
    pos  UInt32,
    seq  UInt32,
    path String CODEC(ZSTD(1)),
    blob String
)
ENGINE = ReplacingMergeTree
ORDER BY (repo, walk, pos, seq, path);

-- What is known of each blob, once however many repositories hold it. A read blob replaces one that was
-- missing. They are looked up one by one in no order, hence the fine index.
CREATE TABLE IF NOT EXISTS blobs
(
    oid    String,
    status Enum8('read' = 1, 'too_big' = 2, 'missing' = 3),
    size   UInt64,
    home   UInt64,
    rank   UInt8 MATERIALIZED 4 - CAST(status, 'UInt8')
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY oid
SETTINGS index_granularity = 256;

-- Their contents, beside those of the repository that brought them: whoever judges a repository reads what
-- lies together.
CREATE TABLE IF NOT EXISTS contents
(
    home    UInt64,
    oid     String,
    content String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (home, oid)
SETTINGS index_granularity = 128;

-- A spelling of an identity belongs to a person; rows of one alias link persons together.
CREATE TABLE IF NOT EXISTS identities
(
    alias  UInt64,
    person UInt64,
    kind   Enum8('human' = 1, 'bot' = 2, 'initiator' = 3),
    source LowCardinality(String),
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (alias, person, source);

-- In which spelling a person was found to be in a team when. It holds until the spelling is seen without it.
CREATE TABLE IF NOT EXISTS memberships
(
    alias  UInt64,
    person UInt64,
    team   LowCardinality(String),
    source LowCardinality(String),
    begins DateTime('UTC'),
    ends   DateTime('UTC'),
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (team, alias, person, source, begins);

-- Tags of the repositories that provide paths, where they lead and when they were made. One that is gone has no
-- object, one that leads to no commit has none.
CREATE TABLE IF NOT EXISTS releases
(
    repo   UInt64,
    tag    String,
    object String,
    commit String,
    at     DateTime('UTC'),
    source LowCardinality(String),
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, source, tag);

-- Which release brought a commit. It holds as long as the tag leads to tip.
CREATE TABLE IF NOT EXISTS released_commits
(
    repo   UInt64,
    commit String,
    tag    LowCardinality(String),
    tip    String CODEC(ZSTD(1)),
    source LowCardinality(String),
    seen   DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (repo, source, commit);

-- Who excused what until when. Ending one early writes the same identity again with a nearer end.
CREATE TABLE IF NOT EXISTS exemptions
(
    repo      UInt64,
    component String,
    path      LowCardinality(String),
    begins    DateTime('UTC'),
    ends      DateTime('UTC'),
    by        String,
    reason    String,
    recorded  DateTime('UTC'),
    ended_by  String
)
ENGINE = MergeTree
ORDER BY (repo, component, path, begins, recorded);

-- Each set of definitions with the time from which it was in force here.
CREATE TABLE IF NOT EXISTS definitions
(
    fingerprint UInt64,
    in_force    DateTime('UTC'),
    body        String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (in_force, fingerprint);

-- Where key results began, as it was when it could first be told, under which definitions. Of one question the
-- row that was frozen first holds.
CREATE TABLE IF NOT EXISTS okr_baselines
(
    objective   String,
    key         String,
    question    UInt64,
    frozen      DateTime('UTC'),
    at          DateTime('UTC'),
    value       Float64,
    num         Int64,
    den         Int64,
    definitions UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (objective, key, question, frozen);

-- One run of the collectors, and what it came to.
CREATE TABLE IF NOT EXISTS scans
(
    id        UInt64,
    began     DateTime('UTC'),
    ended     DateTime('UTC'),
    source    LowCardinality(String), -- the only one that was read; '' for all
    shard     UInt16,                 -- which of so many parts of the repositories; 0 of 0 for all
    shards    UInt16,
    listed    Bool,                   -- every source that was read could list all it has
    complete  Bool,
    repos     UInt32,
    unchanged UInt32,
    unknown   UInt32,
    changes   UInt64,
    requests  UInt64
)
ENGINE = ReplacingMergeTree(ended)
ORDER BY (began, id);

-- Single values of this installation: the fingerprint of its privacy key.
CREATE TABLE IF NOT EXISTS installation
(
    key   String,
    value String,
    seen  DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY key;
