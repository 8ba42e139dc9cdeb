-- sweep_verdicts: remove the rows of a judgement that a newer one has replaced. They are a partition: what is deleted otherwise leaves an
-- empty one, which is rewritten with each deletion that comes.
ALTER TABLE catalog_verdicts
DROP PARTITION ID @partition
