package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Explainer shows what the signals of a path find in one unit.
type Explainer interface {
	// Explain looks at the unit's files as they were on its default branch at a moment. It fails with
	// metrics.ErrNotFound where there were none.
	Explain(ctx context.Context, repo metrics.RepoID, component string, path metrics.PathKey,
		at metrics.Instant) (metrics.Explanation, error)
}

// explainRow is a state with what led to it.
type explainRow struct {
	query.StateRow
	Gone    *time.Time       `json:"gone"`   // since when no source has it any more: the state is its last one; null while it is there
	Commit  *string          `json:"commit"` // landed commit whose files were judged; null where there is none
	Signals []signalRow      `json:"signals"`
	Spells  []query.SpellRow `json:"spells"`
	// Warnings are the files that a signal of the path looks at and that could not be understood.
	Warnings []warningRow `json:"warnings"`
}

// warningRow is a file that could not be understood, and where.
type warningRow struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // counted from 1; 0: the file as a whole
	Column  int    `json:"column"` // likewise
	Message string `json:"message"`
}

// signalRow is what one signal found.
type signalRow struct {
	Path     metrics.PathKey    `json:"path"`
	Way      metrics.WayKey     `json:"way"` // "" for the rule that says who is eligible
	Kind     string             `json:"kind"`
	Signal   string             `json:"signal"` // as it could stand in the configuration
	Negated  bool               `json:"negated"`
	Found    string             `json:"found"` // yes, no or unknown
	Evidence []metrics.Evidence `json:"evidence"`
	Absence  string             `json:"absence"` // what was looked for and not met
	Reason   metrics.Reason     `json:"reason"`  // why it could not be told
}

func newSignalRow(f metrics.SignalFinding) signalRow {
	row := signalRow{Path: f.Path, Way: f.Way, Kind: f.Signal.Kind, Signal: f.Signal.String(), Negated: f.Negated,
		Found: f.Truth.String(), Evidence: []metrics.Evidence{}, Absence: f.Absence, Reason: f.Reason}
	for _, e := range f.Evidence {
		if e.Via == nil {
			e.Via = []string{}
		}
		row.Evidence = append(row.Evidence, e)
	}
	return row
}

func (s *Server) getExplain(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("repo", "path", "as_of")...)
	name := p.required("repo", "github.com/acme/pay")
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q := query.StatesQuestion{AsOf: v.asOf}
	if q.Path, err = s.knownPath(ctx, p.text("path")); err != nil {
		return err
	}
	u, err := s.knownUnit(ctx, name)
	if err != nil {
		return err
	}
	q.Repo, q.Unit = u.id, u.single
	return answer(c, v, list[explainRow, query.StateKey]{
		key: func(r explainRow) query.StateKey { return r.Key() },
		ask: func(ctx context.Context, after *query.StateKey, limit int) ([]explainRow, error) {
			q.After, q.Limit = after, limit
			return s.explain(ctx, q)
		},
	})
}

// explain gives the states asked for with what led to each.
func (s *Server) explain(ctx context.Context, q query.StatesQuestion) ([]explainRow, error) {
	states, err := query.States(ctx, s.db, q)
	if err != nil {
		return nil, err
	}
	asked := q.AsOf // of one that is gone the states are the last ones, and the stays as they ended
	var gone *time.Time
	if len(states) == 0 && q.After == nil {
		if gone, err = s.gone(ctx, q); err != nil {
			return nil, err
		}
	}
	if gone != nil {
		q.AsOf = metrics.At(*gone) - 1
		if states, err = query.States(ctx, s.db, q); err != nil {
			return nil, err
		}
	}
	rows := make([]explainRow, len(states))
	stays := make(map[metrics.Unit][]query.SpellRow)
	for i, state := range states {
		unit := metrics.Unit{Repo: state.RepoID, Component: state.Component}
		if _, known := stays[unit]; !known {
			if stays[unit], err = query.Spells(ctx, s.db, unit, "", asked); err != nil {
				return nil, err
			}
		}
		if gone != nil {
			state.Reason = metrics.ReasonGone
		}
		rows[i] = explainRow{StateRow: state, Gone: gone, Signals: []signalRow{}, Warnings: []warningRow{}}
		rows[i].Spells = slices.DeleteFunc(slices.Clone(stays[unit]), func(r query.SpellRow) bool { return r.Path != state.Path })
		if err := s.addSignals(ctx, &rows[i], q.AsOf); err != nil {
			return nil, fmt.Errorf("explain %s on %s: %w", metrics.UnitName(state.Repo, state.Component), state.Path, err)
		}
	}
	return rows, nil
}

// gone returns when the repository asked for went; nil where it did not, or was never there.
func (s *Server) gone(ctx context.Context, q query.StatesQuestion) (*time.Time, error) {
	events, err := query.Events(ctx, s.db, query.EventsQuestion{Path: q.Path, Repo: q.Repo, Unit: q.Unit, To: q.AsOf + 1})
	if err != nil || len(events) == 0 {
		return nil, err
	}
	if last := events[len(events)-1]; last.Kind == metrics.Removed {
		return &last.At, nil
	}
	return nil, nil
}

// addSignals adds what the signals of the path found.
func (s *Server) addSignals(ctx context.Context, row *explainRow, at metrics.Instant) error {
	if s.explainer == nil {
		return nil
	}
	e, err := s.explainer.Explain(ctx, row.RepoID, row.Component, row.Path, at)
	if errors.Is(err, metrics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.Commit != "" {
		commit := e.Commit.String()
		row.Commit = &commit
	}
	for _, f := range e.Signals {
		row.Signals = append(row.Signals, newSignalRow(f))
	}
	for _, w := range e.Warnings {
		row.Warnings = append(row.Warnings, warningRow{w.File, w.Line, w.Column, w.Message})
	}
	return nil
}
