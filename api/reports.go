package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics/query"
)

// Reporter makes the weekly report and sends it.
type Reporter interface {
	// Preview makes a report, and sends nothing.
	Preview(ctx context.Context, r ReportRequest) (Report, error)
	// Deliver sends reports to all recipients, or to one, and returns what became of each.
	Deliver(ctx context.Context, r ReportRequest) (Report, error)
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
	Recipient string `json:"recipient"`
	Scope     string `json:"scope"`
	State     string `json:"state"` // sent, unchanged, before or failed
	Detail    string `json:"detail"`
}

func (s *Server) postReports(c echo.Context) error {
	if err := parseParams(c.Request().URL.RawQuery).err(); err != nil {
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
	make := s.reporter.Preview
	if r.Send {
		make = s.reporter.Deliver
	}
	report, err := make(c.Request().Context(), r)
	if err != nil {
		return err
	}
	if report.Delivered == nil {
		report.Delivered = []ReportOutcome{}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, report)
}

func (s *Server) getReports(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, volatile)
	if err != nil {
		return err
	}
	rows, err := query.Reports(c.Request().Context(), s.db)
	if err != nil {
		return err
	}
	return answerVolatile(c, v, rows, query.ReportRow.Key)
}
