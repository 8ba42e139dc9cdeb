-- Answers that take long, as JSON: of each question the last one. The mark says of which data it is, and of which program.
CREATE TABLE IF NOT EXISTS answers
(
    question UInt64,
    mark     UInt64,
    at       DateTime('UTC') DEFAULT now(),
    answer   String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(at)
ORDER BY question;
