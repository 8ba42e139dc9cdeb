package github

import (
	"context"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

var _ collectors.Contents = (*Source)(nil)

// typical is what a file of which nothing is known is taken to weigh in an answer, in bytes.
const typical = 8 << 10

// Contents implements collectors.Contents: many files in one request, and those that are not told so one by one.
func (s *Source) Contents(ctx context.Context, repo metrics.Repo, blobs []metrics.OID) (map[metrics.OID]string, error) {
	r := &reading{Reading: present.Reading{Job: collectors.Job{Repo: repo}}}
	r.owner, r.name = s.split(repo)
	wishes := make([]*wish, len(blobs))
	for i, oid := range blobs {
		wishes[i] = &wish{File: present.File{OID: oid, Size: typical, Want: collectors.Whole}, Home: r, Readers: []*reading{r}}
	}
	batch := &metrics.Batch{}
	for _, w := range s.texts(ctx, wishes, batch) {
		if err := s.raw(ctx, w, batch); err != nil && !errors.Is(err, present.ErrAbsent) {
			w.Fail(err)
		}
	}
	if err := errors.Join(r.Err, ctx.Err()); err != nil {
		return nil, err
	}
	found := make(map[metrics.OID]string, len(blobs))
	for _, b := range batch.Blobs {
		if b.Status == metrics.BlobRead {
			found[b.OID] = b.Content
		}
	}
	return found, nil
}
