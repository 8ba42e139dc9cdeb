package gitlab

import (
	"context"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// sizeFields tell how large a repository is. Lists of projects do not, and who has no role in a project is not told.
const sizeFields = `id statistics { repositorySize }`

// Weigh asks how large listed projects are, a hundred at once, and ends with the first that the host does not tell of:
// then their sum is not known.
func (s *Source) Weigh(ctx context.Context, repos []metrics.Repo) error {
	for rest := repos; len(rest) > 0; rest = rest[min(len(rest), listed):] {
		var some []*reading
		for _, repo := range rest[:min(len(rest), listed)] {
			some = append(some, &reading{Reading: present.Reading{Job: collectors.Job{Repo: repo}}, id: number(repo)})
		}
		b := newBatch()
		alias := b.add(some, sizeFields)
		got, err := s.ask(ctx, b.text(), b.variables)
		if err != nil {
			return spent(err)
		}
		for _, r := range some {
			node, _ := got.Data[alias].of(r)
			if node == nil || node.Statistics == nil || node.Statistics.RepositorySize == nil {
				return nil
			}
			s.sizes.Store(r.Repo.HostID, max(1, int64(*node.Statistics.RepositorySize)))
		}
	}
	return nil
}

// Bytes is how large a project that was weighed is at its host; 0 where that is not known.
func (s *Source) Bytes(repo metrics.Repo) int64 {
	size, _ := s.sizes.Load(repo.HostID)
	bytes, _ := size.(int64)
	return bytes
}
