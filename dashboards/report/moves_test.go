package report

import (
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestReasonsOfUnits: what became of a unit is told as of its day, and what it was before and is now beside that.
func TestReasonsOfUnits(t *testing.T) {
	entered := &query.EventRow{At: time.Date(2026, 9, 14, 8, 0, 0, 0, time.UTC), Kind: metrics.Entered, Origin: metrics.Born}
	left := &query.EventRow{At: entered.At, Kind: metrics.Left, Origin: metrics.Chosen}
	ended := &query.EventRow{At: entered.At, Kind: metrics.ExemptionEnded}
	w := &build{r: &Report{Week: Week{Zone: time.UTC}}}
	for want, c := range map[string]struct {
		from, to query.Standing
		was, has []metrics.WayKey
		event    *query.EventRow
	}{
		"is new, and on the path on Mon 14 Sep, by choice":                           {"", "on", nil, nil, entered},
		"took up the path on Mon 14 Sep, by choice; it had no way before":            {"none", "on", nil, nil, entered},
		"came from circleci on Mon 14 Sep, by choice":                                {"off", "on", []metrics.WayKey{"circleci"}, nil, entered},
		"took up the path on Mon 14 Sep, by choice; it did without before":           {"off", "on", nil, nil, entered},
		"took up the path on Mon 14 Sep, by choice; the path was not for it before":  {"ineligible", "on", nil, nil, entered},
		"began to count as on the path on Mon 14 Sep; it was exempt before":          {"exempt", "mixed", nil, nil, ended},
		"began to count as on the path; it was inactive before: nobody worked on it": {"inactive", "on", nil, nil, nil},
		"began to count as on the path; it could not be read before":                 {"unknown", "on", nil, nil, nil},
		"went to circleci on Mon 14 Sep, by choice":                                  {"on", "off", nil, []metrics.WayKey{"circleci"}, left},
		"took the path away on Mon 14 Sep; it has no way now":                        {"on", "none", nil, nil, left},
		"stopped counting as on the path; it is dormant: its pipeline does not run":  {"on", "dormant", nil, nil, nil},
		"stopped counting as on the path; the path is not for it any more":           {"mixed", "ineligible", nil, nil, nil},
		"is gone": {"on", "", nil, nil, nil},
	} {
		u := moved{query.FlowsUnitRow{Repo: "r", FromState: c.from, ToState: c.to, From: c.was, To: c.has}, c.event}
		if got := w.reason(u).Text; got != want {
			t.Errorf("from %q to %q: got %q, want %q", c.from, c.to, got, want)
		}
	}
}
