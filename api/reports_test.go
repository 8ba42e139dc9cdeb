package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/api"
)

// slowly sends to one recipient, who is put off for 40 seconds.
type slowly struct{ reporter }

func (slowly) Deliver(_ context.Context, _ api.ReportRequest, tell func(api.ReportOutcome)) (api.Report, error) {
	o := api.ReportOutcome{Week: "2026-06-22", Recipient: "lead@acme.dev", Scope: "leadership", State: "waiting", Detail: "451; next attempt in 40s"}
	tell(o)
	time.Sleep(40 * time.Second)
	o.State, o.Detail = "sent", ""
	tell(o)
	return api.Report{Week: "2026-06-22", Delivered: []api.ReportOutcome{o}}, nil
}

// timed is an answer that notes when each part of it was seen.
type timed struct {
	*httptest.ResponseRecorder
	begun time.Time
	seen  []string
	held  string
}

func (t *timed) Write(b []byte) (int, error) {
	t.held += string(b)
	return t.ResponseRecorder.Write(b)
}

// Flush implements http.Flusher.
func (t *timed) Flush() {
	t.seen = append(t.seen, time.Since(t.begun).String()+" "+t.held)
	t.held = ""
	t.ResponseRecorder.Flush()
}

// TestSendingIsTold reads how a sending goes on, while it does: nobody waits for minutes without a word.
func TestSendingIsTold(t *testing.T) {
	h := open(openStore(t), func(o *api.Options) { o.Reports = slowly{} })
	synctest.Test(t, func(t *testing.T) {
		answer := &timed{ResponseRecorder: httptest.NewRecorder(), begun: time.Now()}
		h.ServeHTTP(answer, request("POST", "/api/v1/reports?format=ndjson", `{"send":true}`))
		want := []string{
			`0s {"week":"2026-06-22","recipient":"lead@acme.dev","scope":"leadership","state":"waiting","detail":"451; next attempt in 40s"}` + "\n",
			"15s \n", "30s \n",
			`40s {"week":"2026-06-22","recipient":"lead@acme.dev","scope":"leadership","state":"sent","detail":""}` + "\n",
		}
		if diff := cmp.Diff(answer.seen, want); diff != "" || answer.Code != http.StatusOK || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v, -got +want\n%s", answer.Code, answer.Header(), diff)
		}
	})
}
