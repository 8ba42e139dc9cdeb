package github

import (
	"time"

	"github.com/trodden/trodden/collectors/quota"
)

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

// abreast is how many of the first of some repositories are asked for at once. One that is slow alone would keep the others
// from being told of.
func abreast(all []*reading, most int) int {
	n := 1
	for n < len(all) && n < most && !all[0].slow && !all[n].slow {
		n++
	}
	return n
}

// patient notes what is known of repositories after an error: one that was asked for alone may be slow.
func patient(some []*reading, err error) {
	if len(some) == 1 && quota.Late(err) {
		some[0].slow = true
	}
}

const fast = 4 * time.Second // answers that take less let more be asked for; GitHub gives up at 10 s
