-- listings: how did the newest listings of each source and part end, the newest full and the newest whole ones
-- among them?
SELECT
    listings.source AS source,
    listings.shard AS shard,
    listings.shards AS shards,
    toInt64(listings.at) AS at,
    listings.full AS full,
    listings.whole AS whole,
    listings.repos AS repos,
    listings.others AS others,
    listings.mark AS mark
FROM listings
ORDER BY
    source,
    shards,
    shard,
    full DESC,
    whole DESC,
    at DESC
LIMIT 1 BY
    listings.source,
    listings.shards,
    listings.shard,
    listings.full,
    listings.whole
