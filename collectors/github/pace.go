package github

import "time"

// How much is asked for at once.
const (
	listed       = 100 // repositories a page: the most that GitHub allows
	namedAtOnce  = 50  // repositories by their names, which take longer than those of a list: a query that is given up costs points
	treesAtFirst = 25
	treesAtMost  = 100
	blobsAtFirst = 25 // repositories whose files are asked for: it is they that take the host's time
	blobsAtMost  = 80
	blobsAnswer  = 400     // files in one answer
	blobBytes    = 4 << 20 // of text, in one answer
	chunk        = 500     // repositories that are read together, so that answers are full
)

const fast = 4 * time.Second // answers that take less let more be asked for; GitHub gives up at 10 s
