package freshness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// now is the moment at which tests judge.
const now = metrics.Instant(1_790_000_000)

const (
	pay   = "github.com/acme/pay"
	shop  = "github.com/acme/shop"
	mono  = "github.com/acme/mono"
	alpha = "acme" // a namespace that is not the default one
)

// ago returns the moment so many days before now.
func ago(days metrics.Instant) metrics.Instant { return now - days*metrics.Day }

// worked is the work of teams in a repository, all of it known: name, commits of 90 days, of 180 days.
func worked(teams ...freshness.TeamWork) freshness.Work {
	w := freshness.Work{Known: true, Teams: teams}
	for _, t := range teams {
		w.All.In90 += t.In90
		w.All.In180 += t.In180
	}
	return w
}

func did(team metrics.TeamKey, in90, in180 int) freshness.TeamWork {
	t := freshness.TeamWork{Team: team, Count: freshness.Count{In90: in90, In180: in180}}
	switch {
	case in90 > 0:
		t.Last = ago(10)
	case in180 > 0:
		t.Last = ago(100)
	}
	return t
}

// staff are members of a team for a time.
func staff(periods ...metrics.Period) []metrics.Period { return periods }

// since is the time from some days ago on.
func since(days metrics.Instant) metrics.Period {
	return metrics.Period{From: ago(days), To: metrics.Forever}
}

// world has teams with members, without, that are gone, and of whose members nothing is known.
func world(repos ...freshness.Repo) freshness.World {
	return freshness.World{
		Now: now, Repos: repos, Listed: []string{"github.com/acme"}, Complete: true, TeamsKnown: true,
		Teams: []freshness.Team{
			{Key: "payments", Aliases: []string{"@acme/pay-devs", "ana@acme.dev", "team pay*", "team-*"}, Members: staff(since(400)), Known: true},
			{Key: "checkout", Members: staff(since(400)), Known: true},
			{Key: "left", Members: staff(metrics.Period{From: ago(400), To: ago(30)}), Known: true},
			{Key: "dissolved", Gone: ago(20)}, {Key: "missing", Gone: ago(20), Found: true},
			{Key: "hidden"},
			{Key: "ending", Gone: now + 1, Members: staff(since(9)), Known: true},
			{Key: "coming", Members: staff(since(-9)), Known: true},
		},
	}
}

// component is one named so, about a repository, with fields as NAME=VALUE; several values have | between them. All fields
// were confirmed ten days ago.
func component(name, repo string, fields ...string) freshness.Record {
	return entity(metrics.EntityRef{Kind: "component", Namespace: metrics.DefaultNamespace, Name: name}, repo, fields...)
}

func entity(ref metrics.EntityRef, repo string, fields ...string) freshness.Record {
	r := freshness.Record{Entity: metrics.Entity{Source: "backstage", Ref: ref, Repo: repo}}
	slices.Sort(fields)
	for _, field := range fields {
		name, values, _ := strings.Cut(field, "=")
		f := metrics.EntityField{Name: name}
		if values != "" {
			f.Values = strings.Split(values, "|")
		}
		r.Fields = append(r.Fields, f)
		r.Confirmed = append(r.Confirmed, freshness.Confirmation{At: ago(10)})
	}
	return r
}

// aged sets when all fields were confirmed.
func aged(r freshness.Record, at metrics.Instant) freshness.Record {
	r.Confirmed = slices.Clone(r.Confirmed)
	for i := range r.Confirmed {
		r.Confirmed[i].At = at
	}
	return r
}

func ref(t *testing.T, text string) metrics.EntityRef {
	t.Helper()
	r, err := metrics.ParseEntityRef(text, "component", "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func judge(w freshness.World, records ...freshness.Record) *freshness.Judgement {
	return freshness.Judge(records, w, metrics.DefaultMeasure())
}

// verdict judges one entity among others and returns what is said of a field.
func verdict(t *testing.T, w freshness.World, field string, r freshness.Record, others ...freshness.Record) freshness.Field {
	t.Helper()
	out := judge(w, append([]freshness.Record{r}, others...)...)
	f, ok := out.Entities[0].Field(field)
	if !ok {
		t.Fatalf("no verdict on %s", field)
	}
	return *f
}

// said is a verdict with its cause, short.
func said(f freshness.Field) string { return f.Verdict.String() + " " + string(f.Cause) }

func diff(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("-got +want\n%s", d)
	}
}
