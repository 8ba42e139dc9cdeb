package dashboards

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// repoPage shows one repository: its state on each path, the evidence, its stays.
type repoPage struct {
	Units        []explained
	Ownership    table
	Host         string // where the host shows it; "" where that is not known
	History      table
	Entries      table
	JSON, Events string
	Leave        string // when a stay is over
}

// explained is a unit on a path.
type explained struct {
	ID, Title           string
	Sentence            sentence
	State               metrics.State
	Facts               []fact
	Commit, CommitHref  string
	Signals             []signalRow
	Spells              []spellRow
	NoSignals, NoSpells string
	Warnings            []warningRow

	found metrics.Explanation
}

type fact struct {
	Label, Text, Href string
	Time              *stamp // in place of Text
}

type signalRow struct {
	Way, Signal, Found, Absence string
	Negated                     bool
	Evidence                    []evidence
}

type evidence struct {
	Where, Href, Text string
	Via               []string
}

// warningRow is a file that could not be understood.
type warningRow struct{ Where, Message string }

type spellRow struct {
	From, To                     sentence
	Origin, Choice, Change, Href string
}

// namedUnit returns the repository, or the component of one, that a request names, and the newest name of the repository.
func (p *Pages) namedUnit(ctx context.Context, q *request) (unit metrics.Unit, repo string, err error) {
	name := q.values["repo"]
	if name == "" {
		return unit, "", fmt.Errorf("%s: %w", cmp.Or(strings.TrimSuffix(strings.Join(q.mistakes, " "), "."), "no repository was named"), metrics.ErrInvalid)
	}
	unit, repo, err = query.FindUnit(ctx, p.DB, name)
	if errors.Is(err, metrics.ErrNotFound) {
		err = &missing{err, more{"See all repositories", q.link("/states", nil)}}
	}
	return unit, repo, err
}

func fillRepo(ctx context.Context, p *Pages, q *request) (content, error) {
	name := q.values["repo"]
	unit, repo, err := p.namedUnit(ctx, q)
	if err != nil {
		return content{}, err
	}
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	ask := query.StatesQuestion{Path: known.path(q), Repo: unit.Repo, AsOf: q.asOf}
	if unit.Component != "" {
		ask.Unit = &unit
	}
	rows, err := query.States(ctx, p.DB, ask)
	if err != nil {
		return content{}, err
	}
	known.sort(rows)
	page := repoPage{
		JSON:   q.link("/api/v1/explain", []string{"path"}, "repo", name),
		Events: "/api/v1/events" + q.link("", []string{"path"}, "repo", name, "as_of", ""),
	}
	measure, err := p.measure(ctx, q)
	if err != nil {
		return content{}, err
	}
	page.Leave = leaveWords(measure)
	stays, found := make(map[metrics.Unit][]query.SpellRow), make(map[string]metrics.Explanation)
	for i, row := range rows {
		unit := metrics.Unit{Repo: row.RepoID, Component: row.Component}
		if _, known := stays[unit]; !known {
			if stays[unit], err = query.Spells(ctx, p.DB, unit, "", q.asOf); err != nil {
				return content{}, err
			}
		}
		one, err := p.explain(ctx, q, known, row, stays[unit])
		if err != nil {
			return content{}, err
		}
		one.ID = strconv.Itoa(i)
		if len(one.found.Owners) > 0 {
			found[row.Component] = one.found // the same on every path
		}
		page.Units = append(page.Units, one)
	}
	if page.Host, _ = p.hosted(repo); page.Host != "" && unit.Component != "" {
		page.Host = "" // its folder has no page of its own at a moment
	}
	if page.Ownership, err = p.ownership(ctx, q, known, unit, repo, found); err != nil {
		return content{}, err
	}
	if page.History, err = p.history(ctx, q, known, unit, repo); err != nil {
		return content{}, err
	}
	if page.Entries, err = p.entries(ctx, q, query.CatalogEntitiesQuestion{Repo: repo}, ""); err != nil {
		return content{}, err
	}
	if len(page.Entries.Rows) == 0 && page.Entries.Next == "" {
		if page.Entries.Next, err = p.noEntry(ctx, q, repo); err != nil {
			return content{}, err
		}
	}
	intro := "What the definitions look for, and what was found where."
	if len(rows) == 0 {
		intro = "It did not exist at this moment, or no path is defined."
		page.Ownership.Next = "At this moment nobody is known to have owned it."
	}
	return content{heading: metrics.UnitName(repo, unit.Component), intro: intro, body: &page}, nil
}

// noEntry says what it means that no catalog has an entry about a repository.
func (p *Pages) noEntry(ctx context.Context, q *request, repo string) (string, error) {
	judged, err := p.judged(ctx, q)
	if err != nil || len(judged.all) == 0 {
		return "No catalog was judged yet.", err
	}
	var rows []query.CatalogCoverageRow
	for _, has := range []string{"", query.Nobody} {
		some, err := query.CatalogCoverage(ctx, p.DB, query.CatalogCoverageQuestion{Repo: repo, Has: has, AsOf: q.asOf})
		if err != nil {
			return "", fmt.Errorf("ask whether catalogs should have it: %w", err)
		}
		rows = append(rows, some...)
	}
	is := func(has string) bool {
		return slices.ContainsFunc(rows, func(r query.CatalogCoverageRow) bool { return r.Has == has })
	}
	switch {
	case is("no"):
		return "No catalog has an entry about this repository: it is dark.", nil
	case is(query.Nobody):
		return "No catalog is known to have an entry about this repository. Whether one should is not known: it could not be read, so nobody knows whether anybody works there.", nil
	case is("unknown"):
		return "Whether a catalog has an entry about this repository is not known.", nil
	}
	return "No catalog has an entry about this repository. It is not dark: nobody is known to work on it, and of such repositories none is missed.", nil
}

// activeWords say whether something is active.
func activeWords(row query.StateRow) string {
	if row.State == metrics.Unknown && !row.Active {
		return "not known"
	}
	return yesNo(row.Active)
}

// pipelineRuns says how the pipeline of what uses a path runs.
var pipelineRuns = map[metrics.Activation]string{
	metrics.Ran:    "ran within 28 days",
	metrics.Partly: "ran within 28 days, other CI more often",
	metrics.Idle:   "did not run within 28 days",
}

// explain gathers what led to a state. Of the stays of the unit it takes those on the path.
func (p *Pages) explain(ctx context.Context, q *request, known *known, row query.StateRow, stays []query.SpellRow) (explained, error) {
	e := explained{Title: known.title(row.Path), State: row.State, Sentence: stateSentence(row),
		NoSignals: "There were no files to look at.", NoSpells: "It never used this path."}
	if row.State == metrics.Unknown {
		e.NoSpells = "Whether it used this path is not known."
	}
	if row.Component != "" {
		e.Title += ", " + row.Component
	}
	e.Facts = []fact{
		{Label: "Ways", Text: orNothing(joined(row.Ways))},
		{Label: "Version", Text: orNothing(row.Version)}, {Label: "Had a choice", Text: yesNo(row.Choice)},
		{Label: "Voluntary", Text: yesNo(row.Voluntary)}, {Label: "Active", Text: activeWords(row)}, {Label: "Read", Time: new(stampOf(row.ReadAt))},
	}
	if text := pipelineRuns[row.Runs]; text != "" {
		e.Facts = append(e.Facts, fact{Label: "Pipeline", Text: text})
	}
	if !row.Dated && row.Since != nil {
		e.Facts = append(e.Facts, fact{Label: "Since", Text: "first seen so; its history was not read"})
	}
	for _, s := range stays {
		if s.Path == row.Path {
			e.Spells = append(e.Spells, p.newSpellRow(row.Repo, s))
		}
	}
	return e, p.addSignals(ctx, &e, row, q.asOf)
}

// addSignals adds what the signals of the path found.
func (p *Pages) addSignals(ctx context.Context, e *explained, row query.StateRow, at metrics.Instant) error {
	if p.Explain == nil {
		return nil
	}
	found, err := p.Explain.Explain(ctx, row.RepoID, row.Component, row.Path, at)
	if errors.Is(err, metrics.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("explain %s on %s: %w", metrics.UnitName(row.Repo, row.Component), row.Path, err)
	}
	e.found = found
	commit := found.Commit.String()
	e.Commit, e.CommitHref = short(commit), p.commit(row.Repo, commit)
	for _, f := range found.Signals {
		e.Signals = append(e.Signals, p.newSignalRow(row.Repo, commit, f))
	}
	for _, w := range found.Warnings {
		e.Warnings = append(e.Warnings, warningRow{Where: fmt.Sprintf("%s:%d:%d", w.File, w.Line, w.Column), Message: w.Message})
	}
	return nil
}

// negated says of a signal that must not be there how its condition stands: what was found is not what the way needs.
var negated = map[metrics.Truth]string{metrics.Yes: "found: not met", metrics.No: "not found: met", metrics.Maybe: "unknown"}

func (p *Pages) newSignalRow(repo, commit string, f metrics.SignalFinding) signalRow {
	r := signalRow{Way: string(f.Way), Signal: f.Signal.String(), Found: f.Truth.String(), Absence: f.Absence, Negated: f.Negated}
	if f.Way == "" {
		r.Way = "eligible"
	}
	if f.Negated {
		r.Found = negated[f.Truth]
	}
	if strings.HasSuffix(f.Absence, r.Signal) { // that it is absent is said beside it, and so is what
		r.Absence = nothing
	}
	if f.Truth == metrics.Maybe {
		r.Absence = phrase.WhyUnknown(f.Reason)
	}
	for _, e := range f.Evidence {
		where := e.File
		if e.Line > 0 {
			where += ":" + strconv.Itoa(e.Line)
		}
		if e.Text == e.File {
			e.Text = ""
		}
		r.Evidence = append(r.Evidence, evidence{Where: where, Href: p.line(repo, commit, e.File, e.Line), Text: e.Text, Via: e.Via})
	}
	return r
}

func (p *Pages) newSpellRow(repo string, s query.SpellRow) spellRow {
	r := spellRow{From: sentence{stampOf(&s.From)}, To: sentence{plain("still")}, Origin: howItCame(s.Origin), Choice: yesNo(s.Choice), Change: nothing}
	if !s.Known {
		r.From = append(sentence{plain("before ")}, r.From...)
	}
	if s.Until != nil {
		r.To = sentence{stampOf(s.Until)}
		if s.Outcome == "censored" {
			r.To = append(r.To, plain(", then no longer followed"))
		}
	}
	if s.Change != nil {
		r.Change, r.Href = short(*s.Change), p.commit(repo, *s.Change)
	}
	return r
}

// short cuts an object id to what people compare.
func short(oid string) string { return oid[:min(len(oid), 12)] }

// mostEvents is how many events the page of a repository lists.
const mostEvents = 50

// history lists what happened to a repository, the newest first.
func (p *Pages) history(ctx context.Context, q *request, known *known, unit metrics.Unit, repo string) (table, error) {
	t := table{Label: "History", Columns: texts("When", "Path", "What", "From", "To", "How", "Change"), Next: "Nothing has happened that is known."}
	ask := query.EventsQuestion{Path: known.path(q), Repo: unit.Repo, To: q.asOf + 1}
	if unit.Component != "" {
		ask.Unit = &unit
	}
	rows, err := query.Events(ctx, p.DB, ask)
	if err != nil {
		return t, fmt.Errorf("ask for events: %w", err)
	}
	t.Caption = plural(len(rows), "event", "events") + ", the newest first"
	if len(rows) > mostEvents {
		t.Caption = fmt.Sprintf("The newest %d of %s", mostEvents, plural(len(rows), "event", "events"))
		rows = rows[len(rows)-mostEvents:]
	}
	for _, row := range slices.Backward(rows) {
		change, to := say(""), changedTo(row.To, joined(row.Ways))
		if row.Change != nil {
			change = p.committed(repo, *row.Change)
		}
		if row.Version != "" {
			to.Sub = append(to.Sub, row.Version)
		}
		path := say(known.title(row.Path))
		if row.Component != "" {
			path.Sub = []string{row.Component}
		}
		t.Rows = append(t.Rows, []cell{when(row), path, say(whatHappened(row)), changedTo(row.From), to, say(row.Origin.String()), change})
	}
	return t, nil
}

// changedTo is a state of a change; before the first there is none.
func changedTo(s metrics.State, below ...string) cell {
	if s.String() == "" {
		return say("", below...)
	}
	return stated(s, below...)
}

// whatHappened says in words what an event is. Before the first state there was none that could change.
func whatHappened(row query.EventRow) string {
	if row.Kind == metrics.Changed && row.From.String() == "" {
		return "first seen"
	}
	return eventWords(row.Kind)
}

// when is when something happened; mandates, and exemptions as a rule, begin and end with days that somebody named.
func when(row query.EventRow) cell {
	at := metrics.At(row.At)
	switch row.Kind {
	case metrics.MandateStarted, metrics.MandateEnded, metrics.ExemptionEnded:
		if at%metrics.Day == 0 {
			return dated(day(at), "")
		}
	}
	return timed(newStamp(at, day))
}
