package git

import (
	"context"
	"errors"
	"os"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

var _ collectors.Prober = (*Source)(nil)

// Probe implements collectors.Prober: it looks for the head of a clone that was listed, and for its objects.
func (s *Source) Probe(ctx context.Context, repo metrics.Repo) error {
	c, err := openClone(repo.Location)
	if errors.Is(err, errNoClone) {
		return unreadable(err)
	}
	if err != nil {
		return err
	}
	if _, err := c.tip(ctx, s.config.Branch); err != nil {
		return err
	}
	if _, err := os.ReadDir(c.objects()); err != nil {
		return unreadable(err)
	}
	return nil
}
