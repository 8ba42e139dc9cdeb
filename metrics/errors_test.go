package metrics_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestDetail(t *testing.T) {
	for want, err := range map[string]error{
		"disk full":              errors.New("disk full"),
		"another scan runs":      fmt.Errorf("another scan runs: %w", metrics.ErrConflict),
		"no such file":           fmt.Errorf("no such file: %w", metrics.ErrNotFound),
		"dial db: refused":       fmt.Errorf("dial db: refused: %w", metrics.ErrUnavailable),
		"read t.yaml: too large": fmt.Errorf("%w: %w", fmt.Errorf("read t.yaml: too large: %w", metrics.ErrInvalid), metrics.ErrInvalid),
		"not found: x":           fmt.Errorf("%w: x", metrics.ErrNotFound),
	} {
		if got := metrics.Detail(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
