package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// cutOffStore is a store whose connection is lost while one statement is asked.
type cutOffStore struct {
	query.DB
	at string
}

var errCutOff = errors.New("connection lost")

func (s cutOffStore) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	if strings.HasPrefix(sql, "-- "+s.at+":") {
		return errCutOff
	}
	return s.DB.Each(ctx, sql, args, into, row)
}

// TestFrictionFails loses the connection in the middle of each statement that gives its rows one by one: that is told, and nothing
// else.
func TestFrictionFails(t *testing.T) {
	store := openStore(t)
	o := rapid.Custom(drawWorkshop).Example(11)
	o.publish(t, store, 1)
	o.replaceFacts(t, store)
	created := at("2024-02-01")
	if err := store.Write(t.Context(), &metrics.Batch{
		Runs:       []metrics.Run{{Repo: 1, ID: 1, Attempt: 1, Source: "github", Workflow: "ci.yml", Default: true, Outcome: metrics.RunSucceeded, Created: created, Started: created, Finished: created + 60, Seen: created + 60}},
		RunWindows: []metrics.RunWindow{{Repo: 1, Source: "github", Period: metrics.Period{From: 1, To: metrics.Forever}, Seen: created + 60}},
		Pulls:      []metrics.Pull{{Repo: 1, Number: 1, Source: "github", Author: 7, Created: created, Merged: created + 60, Seen: created + 60}},
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		statement string
		measure   query.FrictionMeasure // alone: no other one fails before it
	}{
		{"friction_spans", query.TenthPull}, {"friction_spans", query.ScaffoldLead}, {"friction_spans", query.Recovery}, {"friction_hosted", query.DeployLead},
		{"friction_firsts", query.ScaffoldLead}, {"friction_watched", query.Pipelines}, {"friction_joins", query.Recovery}, {"friction_runs", query.Pipelines},
		{"friction_reds", query.Recovery}, {"friction_spans", ""},
	} {
		q := query.FrictionQuestion{CohortQuestion: query.CohortQuestion{AsOf: at("2031-01-01")}, Measure: c.measure}
		rows, err := query.Friction(t.Context(), cutOffStore{store, c.statement}, q)
		if !errors.Is(err, errCutOff) {
			t.Errorf("%s for %q: got %d rows and %v, want %v", c.statement, c.measure, len(rows), err, errCutOff)
		}
	}
}
