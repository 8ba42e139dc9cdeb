package api

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestRecord neutralises texts, be they numbers to look at, and leaves numbers what they are.
func TestRecord(t *testing.T) {
	net, team := -3, metrics.TeamKey("-2")
	type row struct {
		Team  metrics.TeamKey  `json:"team"`
		Lead  *metrics.TeamKey `json:"lead"`
		Ways  []string         `json:"ways"`
		Net   *int             `json:"net"`
		Slope float64          `json:"slope"`
		None  *int             `json:"none"`
	}
	got, err := record(reflect.ValueOf(row{"-2", &team, []string{"=x", "y"}, &net, -0.25, nil}), columnsOf(reflect.TypeFor[row]()))
	if diff := cmp.Diff(got, []string{"'-2", "'-2", "'=x;y", "-3", "-0.25", ""}); diff != "" || err != nil {
		t.Errorf("%v (-got +want):\n%s", err, diff)
	}
}
