package query_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestDefinitions changes definitions one after the other, and asks what changed.
func TestDefinitions(t *testing.T) {
	db := openStore(t)
	rule := func(file string) metrics.Rule {
		return metrics.Rule{Signal: &metrics.Signal{Kind: "file", Path: file}}
	}
	ci, image := metrics.Path{Key: "ci", Golden: rule("a")}, metrics.Path{Key: "image", Golden: rule("b")}
	put := func(day string, measure metrics.Measure, teams []metrics.Team, paths ...metrics.Path) {
		t.Helper()
		if _, err := db.PutDefinitions(t.Context(), metrics.Definitions{Org: "acme", Measure: measure, Teams: metrics.Teams{List: teams}, Paths: paths}, at(day)); err != nil {
			t.Fatal(err)
		}
	}
	measure, later := metrics.DefaultMeasure(), metrics.DefaultMeasure()
	later.TeamOnAt = 0.8
	put("2024-01-01", measure, nil, ci)
	titled := ci
	titled.Title = "Pipelines"
	put("2024-01-15", measure, nil, titled)
	put("2024-02-01", measure, nil, titled, image)
	ci.Golden, ci.Optional = rule("c"), true
	put("2024-03-01", later, nil, ci, image)
	put("2024-04-01", later, []metrics.Team{{Key: "pay"}}, image)

	rows, err := query.Definitions(t.Context(), db, at("2024-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) query.DefinitionRow { return query.DefinitionRow{At: at(s).Time(), Parts: []string{}} }
	want := []query.DefinitionRow{day("2024-02-01"), day("2024-03-01"), day("2024-03-01"), day("2024-04-01"), day("2024-04-01")}
	want[0].Path, want[0].Change = "image", query.DefinitionAdded
	want[1].Change, want[1].Parts = query.DefinitionChanged, []string{"measure"}
	want[2].Path, want[2].Change, want[2].Parts = "ci", query.DefinitionChanged, []string{"golden", "optional"}
	want[3].Change, want[3].Parts = query.DefinitionChanged, []string{"teams"}
	want[4].Path, want[4].Change = "ci", query.DefinitionRemoved
	if diff := cmp.Diff(rows, want); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
	if rows, err = query.Definitions(t.Context(), db, at("2024-02-29")); err != nil || len(rows) != 1 {
		t.Errorf("as of the end of February: got %v (%v), want what was added by then", rows, err)
	}
	for day, want := range map[string]string{"2023-12-31": "", "2024-02-29": "file: a", "2024-03-01": "file: c"} {
		d, since, err := query.InForce(t.Context(), db, at(day))
		if err != nil || (d == nil) != (want == "") || d != nil && (d.Paths[0].Golden.String() != want || since.After(at(day).Time())) {
			t.Errorf("on %s: in force were %+v since %s (%v), want the rule %q", day, d, since, err, want)
		}
	}
	if rows, err = query.Definitions(t.Context(), openStore(t), at("2024-12-31")); err != nil || len(rows) != 0 {
		t.Errorf("without definitions: got %v (%v)", rows, err)
	}
}
