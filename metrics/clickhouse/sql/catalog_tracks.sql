-- catalog_tracks: which tracks of a catalog were there when they were asked for last?
SELECT known.track AS track
FROM
(
    SELECT
        catalog_tracks.track AS track,
        argMax(tuple(catalog_tracks.entities, length(catalog_tracks.ordinal)), catalog_tracks.at) AS size
    FROM catalog_tracks
    WHERE catalog_tracks.source = @source
    GROUP BY catalog_tracks.track
) AS known
WHERE known.size != (0, 0)
ORDER BY track
