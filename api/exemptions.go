package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Exempter excuses units from paths. What it did holds when it returns.
type Exempter interface {
	// Exempt records an exemption.
	Exempt(ctx context.Context, e metrics.Exemption) error
	// End ends the exemption that is in force at a moment, and returns it as it was granted and as it ended;
	// metrics.ErrNotFound where none is.
	End(ctx context.Context, unit metrics.Unit, path metrics.PathKey, at metrics.Instant, by string) (granted, ended metrics.Exemption, err error)
}

// newExemptionRow is the row that the list of exemptions will have of one that is now e.
func newExemptionRow(repo string, granted, e metrics.Exemption, now metrics.Instant) query.ExemptionRow {
	return query.ExemptionRow{Repo: repo, Component: e.Component, Path: e.Path, From: e.From.Time(), Until: endOf(e),
		InForce: e.Contains(now), By: e.By, Reason: e.Reason, Recorded: e.Recorded.Time(), EndedBy: e.EndedBy,
		Granted: granted.Recorded.Time(), GrantedUntil: endOf(granted)}
}

// endOf is when an exemption ends, nil for never.
func endOf(e metrics.Exemption) *time.Time {
	if e.To == metrics.Forever {
		return nil
	}
	until := e.To.Time()
	return &until
}

func (s *Server) getExemptions(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("path", "repo")...)
	v, err := s.view(c, p, volatile)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	q := query.ExemptionsQuestion{AsOf: v.asOf}
	if q.Path, err = s.knownPath(ctx, p.text("path")); err != nil {
		return err
	}
	u, err := s.knownUnit(ctx, p.text("repo"))
	if err != nil {
		return err
	}
	q.Repo = u.id
	rows, err := query.Exemptions(ctx, s.db, q)
	if err != nil {
		return err
	}
	return answerVolatile(c, v, rows, query.ExemptionRow.Key)
}

// exemptionTarget is the part of a body that says what it is about and who asks.
type exemptionTarget struct {
	Repo      string `json:"repo"`
	Component string `json:"component"`
	Path      string `json:"path"`
	By        string `json:"by"` // who asks; the name of a token goes before it
}

// exemptionRequest is the body that exempts.
type exemptionRequest struct {
	exemptionTarget
	Until  string `json:"until"`
	Reason string `json:"reason"`
}

// The longest texts of an exemption, in characters.
const (
	maxBy     = 200
	maxReason = 1000
)

// checkText refuses a text that cannot be shown as it is, or not in any place that shows it.
func checkText(field, text string, most int) error {
	if !plainText(text) {
		return wrongField(field, "not plain text")
	}
	if n := utf8.RuneCountInString(text); n > most {
		return wrongField(field, fmt.Sprintf("%d characters long, expected at most %d", n, most))
	}
	return nil
}

// target is what an exemption is about, once it is known to exist.
type target struct {
	repo string // newest name
	unit metrics.Unit
	path metrics.PathKey
	by   string
}

// readTarget decodes the body of a writing request into v and finds what it is about, which is then in t.
func (s *Server) readTarget(c echo.Context, v any, t *exemptionTarget) (target, error) {
	if err := parseParams(c.Request().URL.RawQuery).err(); err != nil {
		return target{}, err
	}
	if s.exempter == nil {
		return target{}, &failure{kind: errNotHere, detail: "this server exempts nothing"}
	}
	if err := readBody(c, v); err != nil {
		return target{}, err
	}
	if t.Repo == "" {
		return target{}, wrongField("repo", "missing, expected something like github.com/acme/pay")
	}
	if t.Path == "" {
		return target{}, wrongField("path", "missing, expected the key of a path")
	}
	path, err := s.knownPath(c.Request().Context(), t.Path)
	if err != nil {
		return target{}, err
	}
	if err := checkText("by", t.By, maxBy); err != nil {
		return target{}, err
	}
	u, err := s.knownUnit(c.Request().Context(), t.Repo)
	if err != nil {
		return target{}, err
	}
	found := target{repo: u.name, unit: metrics.Unit{Repo: u.id, Component: t.Component}, path: path,
		by: cmp.Or(callerOf(c).Name, strings.TrimSpace(t.By), "anonymous")}
	if u.single != nil {
		found.unit = *u.single
	}
	return found, nil
}

// knownComponent fails for a component that the path does not have now. One that is gone can no longer be
// exempted, but its exemption ended.
func (s *Server) knownComponent(ctx context.Context, t target) error {
	if t.unit.Component == "" {
		return nil
	}
	rows, err := query.States(ctx, s.db, query.StatesQuestion{AsOf: s.instant(), Repo: t.unit.Repo, Unit: &t.unit, Path: t.path, Limit: 1})
	if err == nil && len(rows) == 0 {
		err = hinted(fmt.Errorf("path %s has no component %q of %s: %w", t.path, t.unit.Component, t.repo, metrics.ErrNotFound),
			"GET /api/v1/states lists the components")
	}
	return err
}

func (s *Server) postExemptions(c echo.Context) error {
	var r exemptionRequest
	t, err := s.readTarget(c, &r, &r.exemptionTarget)
	if err != nil {
		return err
	}
	now := s.instant()
	until, err := parseMoment(r.Until)
	reason := strings.TrimSpace(r.Reason)
	switch {
	case r.Until == "":
		return wrongField("until", "missing, expected a date: an exemption has an end")
	case err != nil:
		return wrongField("until", err.Error())
	case until <= now:
		return wrongField("until", r.Until+" has passed")
	case reason == "":
		return wrongField("reason", "missing, expected why, in words")
	}
	if err := checkText("reason", reason, maxReason); err != nil {
		return err
	}
	if err := s.knownComponent(c.Request().Context(), t); err != nil {
		return err
	}
	e := metrics.Exemption{Repo: t.unit.Repo, Component: t.unit.Component, Path: t.path,
		Period: metrics.Period{From: now, To: until}, By: t.by, Reason: reason, Recorded: now}
	if err := s.exempter.Exempt(c.Request().Context(), e); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, newExemptionRow(t.repo, e, e, now))
}

func (s *Server) postExemptionsEnd(c echo.Context) error {
	var r exemptionTarget
	t, err := s.readTarget(c, &r, &r)
	if err != nil {
		return err
	}
	now := s.instant()
	granted, ended, err := s.exempter.End(c.Request().Context(), t.unit, t.path, now, t.by)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newExemptionRow(t.repo, granted, ended, now))
}
