package gitlab

import "time"

// How much is asked for at once.
const (
	listed       = 100 // projects a page: the most that GitLab allows
	treesAtFirst = 25
	treesAtMost  = 100
	blobsAtFirst = 200
	blobsAtMost  = 800
	pathsAtOnce  = 50 // different paths in one query, each of which counts towards its complexity
)

const fast = 8 * time.Second // answers that take less let more be asked for; GitLab gives up at 30 s
