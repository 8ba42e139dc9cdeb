package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestUpwards(t *testing.T) {
	teams := metrics.Teams{Groups: []metrics.Group{
		{Key: "cards", Parent: "fintech"}, {Key: "fintech", Parent: "retail"}, {Key: "retail"}, {Key: "lone", Parent: "named by a team"},
		{Key: "a", Parent: "b"}, {Key: "b", Parent: "a"},
	}}
	for _, c := range []struct {
		name, group string
		want        []string
	}{
		{"no group", "", nil},
		{"a root", "retail", []string{"retail"}},
		{"from the bottom to the top", "cards", []string{"cards", "fintech", "retail"}},
		{"from the middle", "fintech", []string{"fintech", "retail"}},
		{"not listed", "other", []string{"other"}},
		{"a parent that is not listed", "lone", []string{"lone", "named by a team"}},
		{"a circle, which the configuration refuses, ends", "a", []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(teams.Upwards(c.group), c.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}
