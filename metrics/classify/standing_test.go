package classify_test

import (
	"encoding/json"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

func TestStanding(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*metrics.Definitions)
		want   []metrics.PathKey
	}{
		{"nothing changed", func(*metrics.Definitions) {}, []metrics.PathKey{"ci", "again"}},
		{"a rule", func(d *metrics.Definitions) { d.Paths[0].Golden = file("go.mod") }, []metrics.PathKey{"again"}},
		{"a title", func(d *metrics.Definitions) { d.Paths[1].Title = "Again" }, []metrics.PathKey{"ci"}},
		{"an alternative", func(d *metrics.Definitions) { d.Paths[0].Alternatives = nil }, []metrics.PathKey{"again"}},
		{"a mandate", func(d *metrics.Definitions) { d.Paths[0].Mandates = []metrics.Mandate{{From: 1}} }, []metrics.PathKey{"again"}},
		{"components", func(d *metrics.Definitions) { d.Paths[1].Components = []string{"services/*"} }, []metrics.PathKey{"ci"}},
		{"a path more", func(d *metrics.Definitions) { d.Paths = append(d.Paths, metrics.Path{Key: "image"}) }, []metrics.PathKey{"ci", "again"}},
		{"a path less", func(d *metrics.Definitions) { d.Paths = d.Paths[1:] }, []metrics.PathKey{"again"}},
		{"the order", func(d *metrics.Definitions) { slices.Reverse(d.Paths) }, []metrics.PathKey{"again", "ci"}},
		{"a threshold", func(d *metrics.Definitions) { d.Measure.TeamOnAt = 0.7 }, nil},
		{"a team", func(d *metrics.Definitions) { d.Teams.List = []metrics.Team{{Key: "a"}} }, nil},
		{"a campaign", func(d *metrics.Definitions) { d.Campaigns.Branches = []string{"mass/*"} }, nil},
	} {
		old, now := twoPaths(), twoPaths()
		tt.change(&now)
		if got := classify.Standing(stored(t, old), now); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestStandingExpressions judges a path again whose rules see all files, where what another path has for components
// decides which files there are.
func TestStandingExpressions(t *testing.T) {
	old := twoPaths()
	old.Paths[0].Golden = metrics.Rule{Signal: &metrics.Signal{Kind: "cel", Expr: "size(files) > 3"}}
	now := stored(t, old)
	now.Paths[1].Components = []string{"services/*"}
	if got := classify.Standing(old, now); len(got) > 0 {
		t.Errorf("got %v, want none", got)
	}
}

// stored are definitions as the store gives them back.
func stored(t *testing.T, d metrics.Definitions) (back metrics.Definitions) {
	t.Helper()
	text, err := json.Marshal(d)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestOnlySomePaths holds what is concluded about one path alone against what is concluded about it among all.
func TestOnlySomePaths(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFirm(r)
		f.defs.Paths[0].ProvidedBy = []string{"github.com/acme/r0"}
		if rapid.Bool().Draw(r, "components") {
			f.defs.Paths[1].Components = []string{".github/*"}
		}
		c, err := classify.New(f.defs)
		if err != nil {
			r.Fatal(err)
		}
		key := f.defs.Paths[rapid.IntRange(0, 1).Draw(r, "path")].Key
		for _, h := range f.histories {
			whole := c.Repo(h, f.people, f.blobs, nil)
			got := c.Only([]metrics.PathKey{key}).Repo(h, f.people, f.blobs, nil)
			if diff := gocmp.Diff(got, about(whole, key), cmpopts.EquateEmpty()); diff != "" {
				r.Fatalf("%s of %s (-alone +among all):\n%s", key, h.Repo.Name, diff)
			}
		}
	})
}

// about leaves of conclusions about paths those about one of them.
func about(r classify.Result, key metrics.PathKey) classify.Result {
	r.Spans = slices.DeleteFunc(r.Spans, func(s metrics.Span) bool { return s.Path != key })
	r.Events = slices.DeleteFunc(r.Events, func(e metrics.Event) bool { return e.Path != key })
	r.Spells = slices.DeleteFunc(r.Spells, func(s metrics.Spell) bool { return s.Path != key })
	r.Decisions = slices.DeleteFunc(r.Decisions, func(d metrics.Decision) bool { return d.Path != key })
	r.Contributions = slices.DeleteFunc(r.Contributions, func(c metrics.Contributions) bool { return c.Path != key })
	return r
}
