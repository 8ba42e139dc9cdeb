package dashboards

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	statesPerPage = 100
	statesChunk   = 2000 // asked for at once while rows are looked for
)

// statesPage is the list behind most figures: one row a repository and path.
type statesPage struct {
	Mistakes    []string
	Filters     filters
	Table       table
	First, Next string
	CSV, JSON   string
	NoScan      string // why nothing was read yet
	last        query.StateKey
}

// states asks for all states, some at a time: as many as the question says, or else so many as rows are looked for in.
func (p *Pages) states(ctx context.Context, ask query.StatesQuestion) iter.Seq2[query.StateRow, error] {
	return func(yield func(query.StateRow, error) bool) {
		ask.Limit = cmp.Or(ask.Limit, statesChunk)
		for {
			rows, err := query.States(ctx, p.DB, ask)
			if err != nil {
				yield(query.StateRow{}, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < ask.Limit {
				return
			}
			key := rows[len(rows)-1].Key()
			ask.After = &key
		}
	}
}

func fillStates(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	if way, given := q.values["way"]; given && len(known.paths) > 0 && !known.hasWay(q, metrics.WayKey(way)) {
		q.wrong("There is no way %q.", way)
		delete(q.values, "way")
	}
	ask := query.StatesQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q), AsOf: q.asOf, After: q.after(),
		Way: metrics.WayKey(q.values["way"]), Version: q.values["version"], Active: q.flag("active"), Choice: q.flag("choice"), Runs: q.oneOf("runs", "", query.RunsKnown)}
	ask.Lag = q.oneOf("lag", query.SelectionNames(query.LagSelections())...)
	ask.State, _ = metrics.ParseState(q.oneOf("state", stateNames()...)) // 0, every state, for ""
	ask.Origin, _ = metrics.ParseOrigin(q.oneOf("origin", originNames()...))
	s := statesPage{Table: table{Label: "Repositories and their states",
		Columns: texts("Repository", pathColumn, "State", "Team", "Ways", "How it came", "Choice", "Since", "Version", "Read")}}
	for _, i := range []int{6, 9} { // whether it had a choice, and when it was read
		s.Table.Columns[i].Screen = true
	}
	if e := known.empty(); e != nil {
		s.NoScan = e.What
	}
	ask.Only, ask.Reason = q.narrowed("only", stateNarrowings), metrics.Reason(q.oneOf("reason", reasonNames()...))
	ask.Without = q.without()
	ask.Limit = statesPerPage + 1
	rows, err := query.States(ctx, p.DB, ask)
	if err != nil {
		return content{}, err
	}
	more := len(rows) > statesPerPage
	for _, row := range rows[:min(len(rows), statesPerPage)] {
		s.Table.Rows, s.last = append(s.Table.Rows, statesRow(q, known, row)), row.Key()
	}
	s.Table.ofPath(known.one(q))
	s.Filters = known.filters(q, "path", "team", "group", "state", "origin", "only", "as_of")
	s.Filters.narrow(q, known)
	s.Table.Caption = fmt.Sprintf("%s, %s", rowsWords(s.Table.Rows), orderWords(q, more))
	s.links(q, more)
	s.Mistakes = q.mistakes
	return content{heading: "Repositories", body: &s,
		intro: "The list behind the figures: one row a repository and path. A name leads to file, line and commit."}, nil
}

// narrow adds the filters that only links set.
func (f *filters) narrow(q *request, known *known) {
	lists := map[string][]option{
		"way":     {{Text: "Any way"}},
		"runs":    {{Text: "Whether it runs or not"}, {Value: query.RunsKnown, Text: "It is known whether it runs"}},
		"lag":     worded(lagNarrowings()),
		"without": withoutOptions(),
		"reason":  {{Text: "Any reason"}},
		"version": {{Text: "Any version"}, {Value: q.values["version"], Text: clipped(q.values["version"])}},
		"active":  {{Text: "Active or not"}, {Value: "true", Text: "active"}, {Value: "false", Text: "inactive"}},
		"choice":  {{Text: "With a choice or not"}, {Value: "true", Text: "with a choice"}, {Value: "false", Text: "without a choice"}},
	}
	for _, path := range known.paths {
		for _, way := range path.Ways {
			if o := (option{Value: string(way), Text: string(way)}); known.hasWay(q, way) && !slices.Contains(lists["way"], o) {
				lists["way"] = append(lists["way"], o)
			}
		}
	}
	for _, r := range query.StateReasons() {
		why, _, _ := strings.Cut(phrase.WhyUnknown(r), ";")
		lists["reason"] = append(lists["reason"], option{Value: string(r), Text: why})
	}
	for _, name := range []string{"way", "version", "lag", "runs", "active", "choice", "without", "reason"} {
		f.linked(q, name, lists[name])
	}
}

// rowsWords counts rows, and the repositories that they are of.
func rowsWords(rows [][]cell) string {
	units := make(map[string]bool)
	for _, row := range rows {
		units[row[0].Text] = true
	}
	if len(units) == len(rows) {
		return plural(len(rows), "row", "rows")
	}
	return plural(len(rows), "row", "rows") + " of " + plural(len(units), "repository", "repositories")
}

func orderWords(q *request, more bool) string {
	if more || q.values["next"] != "" {
		return "a part of the list, by repository and path"
	}
	return "by repository and path"
}

// links adds the addresses of other pages of the list, and of the same question to the API.
func (s *statesPage) links(q *request, more bool) {
	asked := []string{"path", "team", "group", "state", "only", "reason", "origin", "way", "version", "lag", "active", "choice", "runs", "without"}
	if q.values["next"] != "" {
		s.First = q.link(q.address, asked)
	}
	if more {
		key, err := json.Marshal(s.last)
		if err == nil {
			s.Next = q.link(q.address, asked, "next", base64.RawURLEncoding.EncodeToString(key))
		}
	}
	s.JSON = q.link("/api/v1/states", asked)
	s.CSV = q.link("/api/v1/states", asked, "format", "csv", "limit", "0")
}

// after returns the last row of the page before; nil for the first page.
func (q *request) after() *query.StateKey {
	var key query.StateKey
	b, err := base64.RawURLEncoding.DecodeString(q.values["next"])
	if err != nil || json.Unmarshal(b, &key) != nil {
		return nil
	}
	return &key
}

// statesRow is a unit on a path.
func statesRow(q *request, known *known, row query.StateRow) []cell {
	unit := metrics.UnitName(row.Repo, row.Component)
	state, came := stated(row.State), say(row.Origin.String())
	if row.Reason != "" {
		state.Sub = append(state.Sub, phrase.WhyUnknown(row.Reason))
	}
	if !row.Active && row.State != metrics.Unknown { // of which it is not known
		state.Sub = append(state.Sub, "inactive")
	}
	switch {
	case row.Kept:
		came.Sub = []string{"kept after a mandate"}
	case row.Voluntary:
		came.Sub = []string{"voluntary"}
	}
	choice := say("")
	if row.State.Served() { // else nothing is chosen that is known, whatever a mandate says
		choice = say(yesNo(row.Choice))
	}
	return []cell{
		lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), lead(known.title(row.Path), q.pathLink(row.Path)), state, team(q, row.Team),
		say(joined(row.Ways)), came, choice, timed(stampOf(row.Began())), say(row.Version), timed(stampOf(row.ReadAt)),
	}
}

// team is a cell that leads to a team; there may be none.
func team(q *request, key metrics.TeamKey) cell {
	if key == "" {
		return say("")
	}
	return lead(string(key), q.teamLink(key))
}

// pathLink returns the address of the page of a path.
func (q *request) pathLink(key metrics.PathKey) string {
	return q.link("/path", whose, "path", string(key))
}

// teamLink returns the address of the page of a team; "" for none.
func (q *request) teamLink(key metrics.TeamKey) string {
	if key == "" {
		return ""
	}
	return q.link("/team", nil, "team", string(key))
}

// minuteOf is a time to the minute.
func minuteOf(t time.Time) stamp { return newStamp(metrics.At(t), minute) }

// stampOf is the day of a time; there may be none.
func stampOf(t *time.Time) stamp {
	if t == nil {
		return stamp{Text: nothing}
	}
	return newStamp(metrics.At(*t), day)
}
