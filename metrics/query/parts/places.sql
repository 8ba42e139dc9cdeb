-- places: which repositories, and folders in them, are things in catalogs about, and which units may those be in? That is the
-- folder itself, one above it, or the whole repository.
SELECT DISTINCT
    called.id AS repo,
    judged.folder AS folder,
    arrayJoin(arrayDistinct(arrayMap(
        depth -> arrayStringConcat(arraySlice(splitByChar('/', judged.folder), 1, depth), '/'),
        range(length(splitByChar('/', judged.folder)) + 1)
    ))) AS component
FROM catalog_verdicts AS judged
INNER JOIN ({{called}}) AS called ON called.name = judged.repo
WHERE judged.at = ({{judged}})
    AND judged.counted
    AND judged.repo != ''
