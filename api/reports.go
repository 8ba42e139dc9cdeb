package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Reporter makes the weekly report and sends it.
type Reporter interface {
	// Preview makes a report, and sends nothing.
	Preview(ctx context.Context, r ReportRequest) (Report, error)
	// Deliver sends reports to all recipients, or to one, and returns what became of each. It tells each at once, also
	// of those that are tried again later. Where it fails it has told nothing.
	Deliver(ctx context.Context, r ReportRequest, tell func(ReportOutcome)) (Report, error)
}

// ReportRequest says which report is asked for, as the flags of the command do.
type ReportRequest struct {
	Scope     string `json:"scope"`     // leadership, path:KEY, team:KEY or group:NAME; "": that of the recipient, else leadership
	Recipient string `json:"recipient"` // as configured; "": all, or nobody in particular
	Week      string `json:"week"`      // a day in it; "": the last week that is over
	Format    string `json:"format"`    // of a preview: md (default), html, eml, txt or slack
	Send      bool   `json:"send"`
	Again     bool   `json:"again"` // send also what was sent
}

// Report is a report, or what became of those that were to be sent.
type Report struct {
	Week      string          `json:"week"`  // the day on which it begins
	Scope     string          `json:"scope"` // of a preview
	Changed   *bool           `json:"changed"`
	Format    string          `json:"format"`
	Text      string          `json:"text"`
	Delivered []ReportOutcome `json:"delivered"`
}

// ReportOutcome says what became of a report for a recipient.
type ReportOutcome struct {
	Week      string `json:"week"`
	Recipient string `json:"recipient"`
	Scope     string `json:"scope"`
	State     string `json:"state"` // sent, unchanged, before, busy or failed; waiting: no end yet
	Detail    string `json:"detail"`
}

func (s *Server) postReports(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, "format")
	lines := p.oneOf("format", "json", "ndjson") == "ndjson"
	if err := p.err(); err != nil {
		return err
	}
	if s.reporter == nil {
		return &failure{kind: errNotHere, detail: "this server makes no reports"}
	}
	var r ReportRequest
	if err := readBody(c, &r); err != nil {
		return err
	}
	for field, text := range map[string]string{"scope": r.Scope, "recipient": r.Recipient, "week": r.Week, "format": r.Format} {
		if err := checkText(field, text, maxReason); err != nil {
			return err
		}
	}
	ctx := c.Request().Context()
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	var report Report
	var err error
	switch {
	case lines && !r.Send:
		return &failure{kind: metrics.ErrInvalid, detail: "format: ndjson tells how a sending goes on, and nothing is to be sent"}
	case lines:
		return s.tellReports(c, r)
	case r.Send:
		report, err = s.reporter.Deliver(ctx, r, func(ReportOutcome) {})
	default:
		report, err = s.reporter.Preview(ctx, r)
	}
	if err != nil {
		return err
	}
	if report.Delivered == nil {
		report.Delivered = []ReportOutcome{}
	}
	return c.JSON(http.StatusOK, report)
}

// quiet is how long nothing may be said of a sending: who stands between would take the connection to be dead.
const quiet = 15 * time.Second

// tellReports sends reports and tells what becomes of each while it does, a line each; an empty line says that it goes on.
func (s *Server) tellReports(c echo.Context, r ReportRequest) error {
	var mu sync.Mutex // of the answer
	write := func(line []byte) {
		mu.Lock()
		defer mu.Unlock()
		w := c.Response()
		if !w.Committed {
			w.Header().Set(echo.HeaderContentType, "application/x-ndjson")
		}
		w.Write(append(line, '\n')) // who does not listen any more has ended the context
		w.Flush()
	}
	ctx := c.Request().Context()
	stop := each(ctx, quiet, func() { write(nil) })
	defer stop()
	_, err := s.reporter.Deliver(ctx, r, func(o ReportOutcome) {
		if line, err := plainJSON(o); err == nil {
			write(line)
		}
	})
	stop()
	if err != nil && c.Response().Committed {
		panic(http.ErrAbortHandler) // what was said so far looks like all
	}
	return err
}

// each calls do each time so long has passed, until stop is called.
func each(ctx context.Context, pause time.Duration, do func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				do()
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

func (s *Server) getReports(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, volatile)
	if err != nil {
		return err
	}
	rows, err := query.Reports(c.Request().Context(), s.db, metrics.At(s.now()))
	if err != nil {
		return err
	}
	return answerVolatile(c, v, rows, query.ReportRow.Key)
}
