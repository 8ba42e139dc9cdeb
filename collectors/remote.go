package collectors

import (
	"context"

	"github.com/trodden/trodden/metrics"
)

// Remote is a repository as git reaches it at its host.
type Remote struct {
	URL    string      // http or https, without credentials
	Header string      // a header of each request, with its name, that lets git in; a secret. "" for nobody in particular
	Branch string      // the branch to read
	Head   metrics.OID // where the host says that the branch is
}

// Contents is a Source whose host gives files by their object ids alone.
type Contents interface {
	// Contents returns what is in those of the blobs of a repository that the host gives. One that is not there is no
	// error.
	Contents(ctx context.Context, repo metrics.Repo, blobs []metrics.OID) (map[metrics.OID]string, error)
}
