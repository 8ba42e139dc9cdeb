package metrics

// Listing says that a source listed its repositories, and that everything in the list was read after, or found to be
// unreadable. A repository whose newest row by the source is older than the newest whole listing was not there any
// more.
type Listing struct {
	Source string
	Shard  uint16  // which of Shards parts of the repositories were read; 0 of 0 for all
	Shards uint16  //
	At     Instant // when the listing began
	Full   bool    // the source says that the list had all that there is, rather than what is new
	Whole  bool    // and it is believed: the list was neither empty nor much shorter than the full one before
	Repos  uint32  // how many were listed, of that part
	Others uint32  // how many a full list had that are in other parts
	Mark   string  // from which the source can go on, as it wrote it; "" where it cannot
}

// Shrunk reports whether a full list is not to be believed, given how many repositories the one before had: it is
// empty, or shorter by more than a fifth.
func Shrunk(before, now int) bool { return now == 0 || now*5 < before*4 }
