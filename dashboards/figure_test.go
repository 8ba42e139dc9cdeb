package dashboards

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func TestFigureWithin(t *testing.T) {
	none := query.NewRate(0, 5, "")
	for name, c := range map[string]struct {
		rate   query.Rate
		bounds *query.Bounds
		text   string
		ranges bool
		of     string // the interval, which need not cover a range
	}{
		"nothing is unknown":        {none, &query.Bounds{0, 0}, "0\u202f%", false, "0\u202f% to 43\u202f%"},
		"it can be more":            {none, &query.Bounds{0, 0.6}, "0\u202f% to 60\u202f%", true, "0\u202f% to 43\u202f% (for 0 of 5)"},
		"less than pages show":      {query.NewRate(2, 4, ""), &query.Bounds{0.499, 0.501}, "50\u202f%", false, "15\u202f% to 85\u202f%"},
		"there are no bounds":       {none, nil, "0\u202f%", false, "0\u202f% to 43\u202f%"},
		"there is no figure at all": {query.Undefined(metrics.ReasonAllUnknown), &query.Bounds{0, 1}, nothing, false, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			if got := newFigure(c.rate).within(c.bounds); got.Text != c.text || got.Range != c.ranges || got.Interval != c.of {
				t.Errorf("got %q, %v, %q, want %q, %v, %q", got.Text, got.Range, got.Interval, c.text, c.ranges, c.of)
			}
		})
	}
}

// TestUnsureTeam shows that a team which may have chosen a path, as far as is known, is not said not to have.
func TestUnsureTeam(t *testing.T) {
	team := metrics.TeamKey("pay")
	for name, c := range map[string]struct {
		rate   query.Rate
		bounds *query.Bounds
		want   string
	}{
		"it did not":              {query.NewRate(0, 1, ""), &query.Bounds{0, 0}, "no"},
		"it did":                  {query.NewRate(1, 1, ""), &query.Bounds{1, 1}, "yes"},
		"it may have":             {query.NewRate(0, 1, ""), &query.Bounds{0, 1}, "not known"},
		"it may have, or may not": {query.NewRate(1, 1, ""), &query.Bounds{0, 1}, "not known"},
		"it had no choice":        {query.Undefined(metrics.ReasonNoAlternative), nil, "had no choice"},
	} {
		t.Run(name, func(t *testing.T) {
			row := query.AdoptionRow{Path: "ci", Team: &team}
			row.Teams.Voluntary, row.Bounds.TeamsVoluntary = c.rate, c.bounds
			if got := voluntaryCell(row).Text; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
