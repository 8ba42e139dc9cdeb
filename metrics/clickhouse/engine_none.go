//go:build noengine || !(linux || darwin) || !(amd64 || arm64)

package clickhouse

import (
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// engineBuilt says that this binary has no way to load the engine.
func engineBuilt() error {
	return fmt.Errorf("this binary is built without the embedded engine; use --clickhouse with a clickhouse:// or http:// address, or a binary built without the tag noengine: %w", metrics.ErrUnavailable)
}

// loadEngine is never called: engineBuilt is asked before.
func loadEngine(string) (engine, error) { return nil, engineBuilt() }
