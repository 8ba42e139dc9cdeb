package gitlab

import (
	"context"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

var _ collectors.Contents = (*Source)(nil)

// Contents implements collectors.Contents. GitLab gives many files in one request only by their paths at a commit, so
// that each takes a request.
func (s *Source) Contents(ctx context.Context, repo metrics.Repo, blobs []metrics.OID) (map[metrics.OID]string, error) {
	r := &reading{Reading: present.Reading{Job: collectors.Job{Repo: repo}}, id: number(repo)}
	found := make(map[metrics.OID]string, len(blobs))
	for _, oid := range blobs {
		w := &wish{File: present.File{OID: oid, Want: collectors.Whole}, Home: r}
		batch := &metrics.Batch{}
		err := s.raw(ctx, w, batch)
		if errors.Is(err, present.ErrAbsent) {
			continue
		}
		if err != nil {
			return nil, spent(err)
		}
		if b := batch.Blobs[0]; b.Status == metrics.BlobRead {
			found[oid] = b.Content
		}
	}
	return found, nil
}
