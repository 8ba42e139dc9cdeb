package dashboards

import (
	"context"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// offRows is how many repositories that are still off a page of a path shows.
const offRows = 50

// stillOff asks for active repositories that go another way, and then for those where the job is not done, for as many as are
// shown.
func (p *Pages) stillOff(ctx context.Context, q *request, known *known) ([]query.StateRow, error) {
	active := true
	var rows []query.StateRow
	for _, state := range []metrics.State{metrics.Off, metrics.None} {
		if len(rows) == offRows {
			break
		}
		some, err := query.States(ctx, p.DB, query.StatesQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q),
			State: state, Active: &active, AsOf: q.asOf, Limit: offRows - len(rows)})
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// offSection lists who goes another way, or none.
func offSection(q *request, a *pathAnswers) section {
	row := a.present[0]
	off, none := row.States.Off, row.States.None
	s := section{ID: "off", Title: "Still not on the path", Open: true, Why: "No active repository goes another way, or none.",
		Next: "Whatever the path serves uses it, or is dormant, exempt or unknown."}
	if off+none == 0 {
		return s
	}
	s.Why, s.Words = "", []string{plural(off, "repository goes", "repositories go") + " another way."}
	if none > 0 {
		s.Words[0] = strings.TrimSuffix(s.Words[0], ".") + "; in " + count(none) + " more the job is not done at all, and these are in no rate."
	}
	s.Table = table{Label: "Repositories that are not on the path", Columns: texts("Repository", "Team", "State", "What they have instead", "Since"),
		Caption: plural(len(a.off), "repository", "repositories") + ", those that go another way first, by name"}
	if len(a.off) < off+none {
		s.Table.Caption = "The first " + count(len(a.off)) + " of " + count(off+none) + ", those that go another way first, by name"
	}
	for _, r := range a.off {
		unit := metrics.UnitName(r.Repo, r.Component)
		s.Table.Rows = append(s.Table.Rows, []cell{
			lead(unit, q.link("/repo", nil, "repo", unit, "path", string(r.Path))), team(q, r.Team), stated(r.State), say(joined(r.Ways)), timed(stampOf(r.Began()))})
	}
	list := func(state metrics.State) string {
		return q.link("/states", whose, "path", string(row.Path), "state", state.String(), "only", "counted")
	}
	if off > 0 {
		s.More = append(s.More, more{"All " + count(off) + " that go another way", list(metrics.Off)})
	}
	if none > 0 {
		s.More = append(s.More, more{"All " + count(none) + " where the job is not done", list(metrics.None)})
	}
	return s
}
