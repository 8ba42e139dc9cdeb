-- What uses a path may have run lately, and yet less often than what else runs: partly.
ALTER TABLE spans MODIFY COLUMN ran Enum8('' = 0, 'idle' = 1, 'ran' = 2, 'partly' = 3);
