package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestOfYAML11(t *testing.T) {
	for content, want := range map[string]string{
		"a: b\n":                           "a: b\n",
		"%YAML 1.2\n---\na: b":             "%YAML 1.1\n---\na: b",
		"# x\r\n%YAML  1.2 # y\r\n---\r\n": "# x\r\n%YAML  1.1 # y\r\n---\r\n",
		"%YAML 1.2\r\n---\r\n":             "%YAML 1.1\r\n---\r\n",
		"a: |\n  %YAML 1.2\n":              "a: |\n  %YAML 1.2\n",
		"%YAML 1.20\n---\n":                "%YAML 1.20\n---\n",
		"%YAML 2.0\n---\n":                 "%YAML 2.0\n---\n",
		"%YAML 1.1\n---\n...\n%YAML 1.3":   "%YAML 1.1\n---\n...\n%YAML 1.1",
	} {
		if got := metrics.OfYAML11(content); got != want {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}
