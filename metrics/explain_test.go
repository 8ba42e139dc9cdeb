package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestSignalString(t *testing.T) {
	exact := "team-a"
	for name, c := range map[string]struct {
		signal metrics.Signal
		want   string
	}{
		"main key only":    {metrics.Signal{Kind: "file", Path: "go.mod"}, "file: go.mod"},
		"another key only": {metrics.Signal{Kind: "workflow", Runs: "make"}, "workflow: {runs: make}"},
		"two keys": {
			metrics.Signal{Kind: "content", File: "Makefile", Regex: "^build:"},
			"content: {file: Makefile, regex: ^build:}",
		},
		"a list alone": {
			metrics.Signal{Kind: "uses", AllOf: []string{"a/b", "c/d"}}, "uses: {all_of: [a/b, c/d]}",
		},
		"a value that may be empty": {
			metrics.Signal{Kind: "yaml", File: "a.yml", Path: "$.owner", Equals: &exact},
			`yaml: {path: $.owner, file: a.yml, equals: "team-a"}`,
		},
		"numbers": {
			metrics.Signal{Kind: "content", File: "x", Lines: 3}, "content: {file: x, lines: 3}",
		},
		"nothing": {metrics.Signal{Kind: "file"}, "file: {}"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.signal.String(), c.want); diff != "" {
				t.Errorf("got(-) want(+):\n%s", diff)
			}
		})
	}
}
