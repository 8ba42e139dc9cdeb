-- merge_packs: leave one part of each partition of the packs of runs.
OPTIMIZE TABLE run_packs FINAL
SETTINGS optimize_skip_merged_partitions = 1
