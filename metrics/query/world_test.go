package query_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// world is what a test case puts into the store: one line a fact or conclusion. A line is some bare words,
// as the readers below take them, then key=value pairs and flags in any order.
type world struct {
	t     testing.TB
	names map[string]metrics.RepoID
	facts metrics.Batch
	defs  metrics.Definitions
	made  clickhouse.Conclusions
	scans []clickhouse.Scan
	spare []metrics.Exemption
	goals []metrics.Objective
	begun []metrics.FrozenBaseline
}

// line is one line of a section.
type line struct {
	w     *world
	words []string
	named map[string]string
}

// readWorld reads the sections of a case; those that are questions are left out.
func readWorld(t testing.TB, files []txtar.File) *world {
	w := &world{t: t, names: make(map[string]metrics.RepoID)}
	w.defs.Measure.TeamOnAt, w.defs.Measure.LeaveAfter, w.defs.Measure.BornWithin = 0.5, 14*24*time.Hour, 7*24*time.Hour
	readers := map[string]func(line){
		"objectives": w.objective, "baselines": w.baseline,
		"releases": w.release, "released": w.released,
		"repos": w.repo, "readings": w.reading, "paths": w.path, "teams": w.team, "groups": w.group, "spans": w.span, "events": w.event,
		"spells": w.spell, "scans": w.scan, "exemptions": w.exemption, "warnings": w.warning, "decisions": w.decision, "providers": w.provider, "ownership": w.ownership,
		"runs": w.run, "windows": w.window, "deployments": w.deployment, "pulls": w.pull, "commits": w.commit, "identities": w.identity, "members": w.member,
	}
	for _, f := range files {
		read, ok := readers[f.Name]
		if !ok {
			continue
		}
		for text := range strings.Lines(string(f.Data)) {
			if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
				read(w.line(text))
			}
		}
	}
	return w
}

func (w *world) line(text string) line {
	l := line{w: w, named: make(map[string]string)}
	for _, word := range strings.Fields(text) {
		if key, value, ok := strings.Cut(word, "="); ok {
			l.named[key] = strings.ReplaceAll(value, "_", " ")
		} else {
			l.words = append(l.words, word)
		}
	}
	return l
}

// is reports whether a flag is set.
func (l line) is(flag string) bool { return slices.Contains(l.words, flag) }

func (l line) moment(key string) metrics.Instant {
	if l.named[key] == "" {
		return metrics.Beginning
	}
	return at(l.named[key])
}

func (l line) number(key string) int {
	n, err := strconv.Atoi(l.named[key])
	if err != nil && l.named[key] != "" {
		l.w.t.Fatal(err)
	}
	return n
}

func (l line) oid(key string) metrics.OID {
	id, err := metrics.ParseOID(strings.Repeat(l.named[key], 40))
	if err != nil && l.named[key] != "" {
		l.w.t.Fatal(err)
	}
	return id
}

// list reads words between commas.
func (l line) list(key string) []string {
	return strings.FieldsFunc(l.named[key], func(r rune) bool { return r == ',' })
}

func (l line) ways() []metrics.WayKey {
	var keys []metrics.WayKey
	for _, key := range l.list("ways") {
		keys = append(keys, metrics.WayKey(key))
	}
	return keys
}

func (l line) state(key string) metrics.State {
	if l.named[key] == "" {
		return 0
	}
	s, err := metrics.ParseState(l.named[key])
	if err != nil {
		l.w.t.Fatal(err)
	}
	return s
}

func (l line) origin() metrics.Origin {
	for _, o := range metrics.Origins() {
		if o.String() == l.named["origin"] {
			return o
		}
	}
	return metrics.NoOrigin
}

// period reads 2024-01-01..2024-02-01; without an end it is open.
func (l line) period(word string) metrics.Period {
	from, to, _ := strings.Cut(word, "..")
	if to == "" {
		return metrics.Period{From: at(from), To: metrics.Forever}
	}
	return metrics.Period{From: at(from), To: at(to)}
}

// unit reads acme/mono or acme/mono//component.
func (l line) unit(word string) metrics.Unit {
	name, component, _ := strings.Cut(word, "//")
	name = "github.com/" + name
	id, known := l.w.names[name]
	if !known {
		id = metrics.NewRepoID(name)
		l.w.names[name] = id
		l.w.facts.Repos = append(l.w.facts.Repos, metrics.Repo{ID: id, Name: name, Source: "git", Seen: 100})
	}
	return metrics.Unit{Repo: id, Component: component}
}

// repo: name; same names the repository by an earlier name.
func (w *world) repo(l line) {
	name := "github.com/" + l.words[0]
	id := metrics.NewRepoID(name)
	if same := l.named["same"]; same != "" {
		id = w.named(same)
	}
	w.names[name] = id
	w.facts.Repos = append(w.facts.Repos, metrics.Repo{
		ID: id, Name: name, Source: cmp.Or(l.named["source"], "git"), Seen: max(l.moment("seen"), 100), DefaultBranch: l.named["branch"], Head: l.oid("head"),
		Created: l.moment("created"), Archived: l.is("archived"), Fork: l.is("fork"), Template: l.is("template"),
		Shallow: l.is("shallow"), Location: l.named["location"], Topics: l.list("topics"), Languages: l.list("languages"),
	})
}

// reading: repository, time.
func (w *world) reading(l line) {
	w.facts.Readings = append(w.facts.Readings, metrics.Reading{
		Repo: l.unit(l.words[0]).Repo, At: at(l.words[1]), Source: "git", Complete: l.is("complete"),
		Reason: metrics.Reason(l.named["reason"]), Detail: l.named["detail"],
	})
}

// release: repository, tag, time; commit is a digit. gone takes the tag away.
func (w *world) release(l line) {
	r := metrics.Release{
		Repo: l.unit(l.words[0]).Repo, Tag: l.words[1], At: at(l.words[2]), Commit: l.oid("commit"), Object: "x", Source: "git",
		Seen: max(l.moment("seen"), 100),
	}
	if l.named["source"] != "" {
		r.Source = l.named["source"]
	}
	if l.is("gone") {
		r.Object, r.Commit = "", ""
	}
	w.facts.Releases = append(w.facts.Releases, r)
}

// released: repository, tag; commit was brought by it when it led to tip.
func (w *world) released(l line) {
	w.facts.ReleasedCommits = append(w.facts.ReleasedCommits, metrics.ReleasedCommit{
		Repo: l.unit(l.words[0]).Repo, Tag: l.words[1], Commit: l.oid("commit"), Tip: l.oid("tip"), Source: "git",
	})
}

// path: key.
func (w *world) path(l line) {
	p := metrics.Path{Key: metrics.PathKey(l.words[0]), Title: l.named["title"], Since: l.moment("since"), LatestTagsOf: l.named["latest"], ProvidedBy: l.list("provided_by")}
	for _, way := range l.list("ways") {
		p.Alternatives = append(p.Alternatives, metrics.Alternative{Key: metrics.WayKey(way)})
	}
	w.defs.Paths = append(w.defs.Paths, p)
}

// team: key.
func (w *world) team(l line) {
	key := metrics.TeamKey(l.words[0])
	team := metrics.Team{Key: key, Title: l.named["title"], Group: l.named["group"]}
	if l.named["weight"] != "" {
		team.Weight = l.real("weight")
	}
	w.defs.Teams.List = append(w.defs.Teams.List, team)
	if l.is("platform") {
		w.defs.Teams.Platform = append(w.defs.Teams.Platform, key)
	}
}

// group: key.
func (w *world) group(l line) {
	w.defs.Teams.Groups = append(w.defs.Teams.Groups, metrics.Group{Key: l.words[0], Title: l.named["title"], Parent: l.named["parent"]})
}

// span: unit, path, period.
func (w *world) span(l line) {
	tree := l.state("state")
	if !slices.Contains([]metrics.State{metrics.Unknown, metrics.On, metrics.Mixed, metrics.Off, metrics.None}, tree) {
		tree = metrics.On
	}
	w.made.Spans = append(w.made.Spans, metrics.Span{
		Unit: l.unit(l.words[0]), Path: metrics.PathKey(l.words[1]), Period: l.period(l.words[2]),
		Team: metrics.TeamKey(l.named["team"]), State: l.state("state"), Tree: tree, Active: !l.is("inactive"), Choice: l.is("choice"),
		Mandated: l.is("mandated"), Voluntary: l.is("voluntary"), Kept: l.is("kept"), Dated: l.is("dated"), Origin: l.origin(),
		Ways: l.ways(), Version: l.named["version"], Since: l.moment("since"), SpellFrom: l.moment("spell"),
		Reason: metrics.Reason(l.named["reason"]), Activation: activations[l.named["runs"]],
	})
}

// activations are what a span may say of whether it ran.
var activations = map[string]metrics.Activation{"": metrics.NotTold, "no": metrics.Idle, "yes": metrics.Ran, "partly": metrics.Partly}

// event: unit, path, time, kind.
func (w *world) event(l line) {
	e := metrics.Event{
		Unit: l.unit(l.words[0]), Path: metrics.PathKey(l.words[1]), At: at(l.words[2]), From: l.state("from"), To: l.state("to"),
		Ways: l.ways(), Version: l.named["version"], Commit: l.oid("commit"), Change: l.oid("change"), Origin: l.origin(),
		Order: uint32(l.number("order")), ID: uint64(l.number("id")),
	}
	for _, k := range metrics.EventKinds() {
		if k.String() == l.words[3] {
			e.Kind = k
		}
	}
	if file := l.named["file"]; file != "" {
		e.Evidence = []metrics.Evidence{{Signal: "file", File: file, Line: 1, Text: `<"uses: ☃">`}}
	}
	events, err := clickhouse.Events([]metrics.Event{e})
	if err != nil {
		w.t.Fatal(err)
	}
	w.made.Events = append(w.made.Events, events...)
}

// spell: unit, path, period, outcome.
func (w *world) spell(l line) {
	outcomes := map[string]metrics.Outcome{"running": metrics.Running, "left": metrics.LeftPath, "censored": metrics.Censored}
	w.made.Spells = append(w.made.Spells, metrics.Spell{
		Unit: l.unit(l.words[0]), Path: metrics.PathKey(l.words[1]), Period: l.period(l.words[2]), Outcome: outcomes[l.words[3]],
		Known: l.is("known"), Choice: l.is("choice"), Origin: l.origin(), Team: metrics.TeamKey(l.named["team"]),
		Commit: l.oid("commit"), Change: l.oid("change"),
	})
}

// decision: unit, path, time, kind.
func (w *world) decision(l line) {
	kinds := map[string]metrics.DecisionKind{"birth": metrics.Birth, "entry": metrics.Entry, "exit": metrics.Exit}
	d := metrics.Decision{
		Unit: l.unit(l.words[0]), Path: metrics.PathKey(l.words[1]), At: at(l.words[2]), Told: at(l.words[2]), Kind: kinds[l.words[3]],
		For: l.is("for"), Choice: l.is("choice") || l.is("free"), Free: l.is("free"), Origin: l.origin(), Team: metrics.TeamKey(l.named["team"]),
		Commit: l.oid("commit"), Change: l.oid("change"),
	}
	if l.named["told"] != "" {
		d.Told = l.moment("told")
	}
	w.made.Decisions = append(w.made.Decisions, d)
}

// provider: repository, path; wanted are the globs that mean it, known a period, and each other word a change
// (platform@2024-03-01).
func (w *world) provider(l line) {
	c := metrics.Contributions{
		Repo: l.unit(l.words[0]).Repo, Path: metrics.PathKey(l.words[1]), ProvidedBy: l.list("wanted"), Known: metrics.Period{To: metrics.Forever},
	}
	if l.named["known"] != "" {
		c.Known = l.period(l.named["known"])
	}
	for _, word := range l.words[2:] {
		who, when, _ := strings.Cut(word, "@")
		for _, from := range metrics.Contributors() {
			if from.String() == who {
				c.At, c.From = append(c.At, at(when)), append(c.From, from)
			}
		}
	}
	w.made.Contributions = append(w.made.Contributions, c)
}

// ownership: unit, team, period.
func (w *world) ownership(l line) {
	w.made.Ownership = append(w.made.Ownership, metrics.Ownership{
		Unit: l.unit(l.words[0]), Team: metrics.TeamKey(l.words[1]), Period: l.period(l.words[2]), Source: metrics.OwnerCodeowners,
	})
}

// scan: period.
func (w *world) scan(l line) {
	p := l.period(l.words[0])
	w.scans = append(w.scans, clickhouse.Scan{
		ID: uint64(l.number("id")), Began: p.From, Ended: p.To, Complete: l.is("complete"), Repos: uint32(l.number("repos")),
		Unknown: uint32(l.number("unknown")), Changes: uint64(l.number("changes")),
		State: l.named["state"], Error: l.named["error"], Resumed: uint32(l.number("resumed")),
	})
}

// exemption: unit, path, period.
func (w *world) exemption(l line) {
	u := l.unit(l.words[0])
	w.spare = append(w.spare, metrics.Exemption{
		Repo: u.Repo, Component: u.Component, Path: metrics.PathKey(l.words[1]), Period: l.period(l.words[2]), By: l.named["by"],
		Reason: l.named["reason"], Recorded: l.moment("recorded"), EndedBy: l.named["ended_by"],
	})
}

// warning: repository, file, line, column.
func (w *world) warning(l line) {
	line, _ := strconv.Atoi(l.words[2])
	column, _ := strconv.Atoi(l.words[3])
	w.made.Warnings = append(w.made.Warnings, metrics.Warning{
		Repo: l.unit(l.words[0]).Repo, File: l.words[1], Line: line, Column: column, Message: l.named["message"],
	})
}

// write puts the world into the store and in force.
func (w *world) write(db *clickhouse.DB) {
	w.t.Helper()
	ctx := w.t.Context()
	if err := db.Write(ctx, &w.facts); err != nil {
		w.t.Fatal(err)
	}
	if err := db.FindReds(ctx); err != nil {
		w.t.Fatal(err)
	}
	for _, s := range w.scans {
		if err := db.WriteScan(ctx, s); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, e := range w.spare {
		if err := db.WriteExemption(ctx, e); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := db.WriteBaselines(ctx, w.begun); err != nil {
		w.t.Fatal(err)
	}
	publish(w.t, db, 7, w.defs, w.made)
}

// named returns the repository that a question means.
func (w *world) named(name string) metrics.RepoID {
	id, ok := w.names["github.com/"+name]
	if !ok {
		id, ok = w.names["github.com/acme/"+name]
	}
	if !ok {
		w.t.Fatal(fmt.Errorf("no repository %s in this case", name))
	}
	return id
}
