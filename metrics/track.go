package metrics

// CatalogTrack says how far the entities of a catalog were on a track that its portal keeps, such as one of Soundcheck. It is
// told apart by Source, Track and At. One without entities and levels says that the track is not there any more, or that
// nobody wants to know of it.
type CatalogTrack struct {
	Source   string
	Track    string // its id
	At       Instant
	Entities int // that it is for
	Levels   []TrackLevel
}

// TrackLevel is how many entities reach one level of a track, all levels below it included.
type TrackLevel struct {
	Ordinal    int
	Passed     int
	Failed     int
	Unreported int // of which the portal does not know
}
