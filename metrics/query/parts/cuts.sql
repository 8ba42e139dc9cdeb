-- cuts: on which sides of some paths was each repository from when until when? See sides for the bits of the mask.
SELECT
    turned.repo AS repo,
    cut.1 AS at,
    cut.2 AS until,
    cut.3 AS mask
FROM
(
    SELECT
        sides.repo AS repo,
        groupArrayArray([sides.begins, sides.ends]) AS turns,
        groupArrayArray([sides.bit, -sides.bit]) AS bits,
        arraySort(turns) AS sorted,
        arrayCumSum(arraySort((bit, turn) -> turn, bits, turns)) AS masks,
        arrayZip(sorted, arrayPushBack(arrayPopFront(sorted), toUInt32(4294967295)), masks) AS cuts
    FROM ({{sides}}) AS sides
    GROUP BY sides.repo
) AS turned
ARRAY JOIN turned.cuts AS cut
WHERE mask != 0
    AND until > at
