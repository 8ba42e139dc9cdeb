package gitlab

import (
	"time"

	"github.com/trodden/trodden/collectors/quota"
)

// How much is asked for at once.
const (
	listed       = 100 // projects a page: the most that GitLab allows
	treesAtFirst = 25
	treesAtMost  = 100
	blobsAtFirst = 200
	blobsAtMost  = 800
	pathsAtOnce  = 50 // different paths in one query, each of which counts towards its complexity
)

// abreast is how many of the first of some projects are asked for at once. One that is slow alone would keep the others from
// being told of.
func abreast(all []*reading, most int) int {
	n := 1
	for n < len(all) && n < most && !all[0].slow && !all[n].slow {
		n++
	}
	return n
}

// patient notes what is known of projects after an error: one that was asked for alone may be slow.
func patient(some []*reading, err error) {
	if len(some) == 1 && quota.Late(err) {
		some[0].slow = true
	}
}

const fast = 8 * time.Second // answers that take less let more be asked for; GitLab gives up at 30 s
