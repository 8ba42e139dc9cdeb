-- Groups of teams at any depth, and what teams count in weighted rates. Teams written before had a group and
-- nothing above it.

ALTER TABLE teams ADD COLUMN IF NOT EXISTS groups Array(LowCardinality(String)) DEFAULT if(group = '', [], [group]);

ALTER TABLE teams ADD COLUMN IF NOT EXISTS weight Float64 DEFAULT 1;

-- The groups that are defined, whether or not any team is in them; groups holds what is above one, upwards.
CREATE TABLE IF NOT EXISTS groups
(
    generation UInt64,
    key        LowCardinality(String),
    title      String,
    parent     LowCardinality(String),
    groups     Array(LowCardinality(String))
)
ENGINE = MergeTree
ORDER BY (generation, key);
