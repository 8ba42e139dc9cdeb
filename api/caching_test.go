package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestCaching asks again with the ETag of the first answer after something happened.
func TestCaching(t *testing.T) {
	db := openStore(t)
	moment, goals := clock(), objectives()
	h := open(db, func(o *api.Options) {
		o.Now, o.Objectives = func() time.Time { return moment }, func() []metrics.Objective { return goals }
	})
	for _, step := range []struct {
		name          string
		first, second string
		between       func()
		want          int
	}{
		{"the same question", "/api/v1/states?as_of=2026-07-01", "/api/v1/states?as_of=2026-07-01", nil, 304},
		{"the same in other words", "/api/v1/states?path=ci&as_of=2026-07-01", "/api/v1/states?as_of=2026-07-01&path=ci&team=", nil, 304},
		{"another filter", "/api/v1/states?as_of=2026-07-01", "/api/v1/states?path=ci&as_of=2026-07-01", nil, 200},
		{"another moment", "/api/v1/states?as_of=2026-07-01", "/api/v1/states?as_of=2026-06-01", nil, 200},
		{"another format", "/api/v1/states?as_of=2026-07-01", "/api/v1/states?as_of=2026-07-01&format=csv", nil, 200},
		{"another question", "/api/v1/paths", "/api/v1/teams", nil, 200},
		{"the present, seconds later", "/api/v1/adoption", "/api/v1/adoption", func() { moment = moment.Add(20 * time.Second) }, 304},
		{"the present, minutes later", "/api/v1/adoption", "/api/v1/adoption", func() { moment = moment.Add(2 * time.Minute) }, 200},
		{"the past, minutes later", "/api/v1/adoption?as_of=2026-01-01", "/api/v1/adoption?as_of=2026-01-01", func() { moment = moment.Add(2 * time.Minute) }, 304},
		{"after a scan", "/api/v1/events", "/api/v1/events", func() {
			check(t, db.WriteScan(t.Context(), clickhouse.Scan{ID: 9, Began: at(now), Ended: at(now) + 9, Complete: true}))
		}, 200},
		{"after new conclusions", "/api/v1/adoption?as_of=2026-01-01", "/api/v1/adoption?as_of=2026-01-01",
			func() { publish(t.Context(), t, db, conclusions()) }, 200},
		{"key results", "/api/v1/okrs", "/api/v1/okrs", nil, 304},
		{"other objectives", "/api/v1/okrs?as_of=2026-07-01", "/api/v1/okrs?as_of=2026-07-01", func() { goals = goals[1:] }, 200},
		{"key results after new conclusions", "/api/v1/okrs?as_of=2026-07-01", "/api/v1/okrs?as_of=2026-07-01",
			func() { publish(t.Context(), t, db, conclusions()) }, 200},
		{"the scans", "/api/v1/scans", "/api/v1/scans", nil, 304},
		{"the scans after one", "/api/v1/scans", "/api/v1/scans", func() {
			check(t, db.WriteScan(t.Context(), clickhouse.Scan{ID: 10, Began: at(now), Ended: at(now) + 9}))
		}, 200},
		{"the exemptions", "/api/v1/exemptions", "/api/v1/exemptions", func() { moment = moment.Add(time.Second) }, 304},
		{"the exemptions after one", "/api/v1/exemptions", "/api/v1/exemptions", func() {
			check(t, db.WriteExemption(t.Context(), metrics.Exemption{Repo: repoID(1), Path: "ci", Period: metrics.Period{From: at(now), To: at("2027-01-01")},
				By: "ana", Reason: "audit", Recorded: at(now)}))
		}, 200},
		{"the description", "/api/v1/openapi.json", "/api/v1/openapi.json", nil, 304},
	} {
		t.Run(step.name, func(t *testing.T) {
			tag := ask(t, h, "GET", step.first).Header().Get("ETag")
			if tag == "" {
				t.Fatal("got no ETag")
			}
			if step.between != nil {
				step.between()
			}
			r := request("GET", step.second)
			r.Header.Set("If-None-Match", `"other", `+tag)
			answer := do(h, r)
			if answer.Code != step.want {
				t.Errorf("got %d, want %d", answer.Code, step.want)
			}
			if answer.Code == http.StatusNotModified && answer.Body.Len() > 0 {
				t.Errorf("304 with a body: %s", answer.Body)
			}
		})
	}
}
