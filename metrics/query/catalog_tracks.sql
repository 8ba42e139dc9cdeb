-- catalog_tracks: how far were the entities of catalogs on the tracks that their portals keep, as of a moment? Those that were not there any more are not told.
SELECT
    tracks.source AS source,
    tracks.track AS track,
    tracks.at AS at,
    tracks.entities AS entities,
    tracks.ordinal AS ordinal,
    tracks.passed AS passed,
    tracks.failed AS failed,
    tracks.unreported AS unreported
FROM
(
    SELECT
        catalog_tracks.source AS source,
        catalog_tracks.track AS track,
        catalog_tracks.at AS at,
        catalog_tracks.entities AS entities,
        catalog_tracks.ordinal AS ordinal,
        catalog_tracks.passed AS passed,
        catalog_tracks.failed AS failed,
        catalog_tracks.unreported AS unreported
    FROM catalog_tracks
    WHERE catalog_tracks.at <= @at
        AND (@source = '' OR catalog_tracks.source = @source OR @source = 'portals' AND catalog_tracks.source != 'files')
    ORDER BY
        source,
        track,
        catalog_tracks.at DESC
    LIMIT 1 BY
        catalog_tracks.source,
        catalog_tracks.track
) AS tracks
WHERE tracks.entities > 0 OR notEmpty(tracks.ordinal)
ORDER BY
    source,
    track
