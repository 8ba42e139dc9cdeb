//go:build noengine

package clickhouse

import (
	"errors"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestOpenWithoutTheEngineInTheBinary(t *testing.T) {
	_, err := Open(t.Context(), "embedded:"+t.TempDir(), Options{Engine: "/nowhere"})
	if !errors.Is(err, metrics.ErrUnavailable) || !strings.Contains(err.Error(), "noengine") {
		t.Errorf("Open = %v; want that this binary has no engine", err)
	}
}
