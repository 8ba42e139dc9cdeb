package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestJudgeCatalogsLapse lets readings fail between two that are whole: what was found wrong stays so, since the same moment,
// until what it names is there, and nothing is withdrawn.
func TestJudgeCatalogsLapse(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	lost := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "lost"}, Seen: before(6)}, Gone: true}
	o.told("backstage",
		component("a", payRepo, "owner=nowhere", "system=nosuch"),
		component("b", payRepo, "owner=payments", "system=lost"), lost)
	fails := func() {
		o.write(metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "backstage", At: o.clock, Detail: "500"}}})
	}
	whole := func() {
		o.write(metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "backstage", At: o.clock, Complete: true, Entities: 2}}})
	}
	both := []verdict{
		{Name: "a", Verdict: "wrong", Cause: "dangling", Since: int64(judgedAt)},
		{Name: "b", Verdict: "wrong", Cause: "dangling", Since: int64(before(6))},
	}
	steps := []struct {
		name   string
		told   func()
		system []verdict
	}{
		{"whole", func() {}, both},
		{"failed", fails, both},
		{"failed again", fails, both},
		{"whole again", whole, both},
		{"failed, and brought something", func() {
			fails()
			system := metrics.Snapshot{Entity: metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "nosuch"}, Seen: o.clock}}
			o.write(metrics.Batch{Snapshots: []metrics.Snapshot{system, component("c", payRepo, "owner=other", "system=new")}})
		}, []verdict{{Name: "a", Verdict: "right", Cause: "there"}, both[1], {Name: "c", Verdict: "unverified", Cause: "unchecked"}}},
	}
	for i, step := range steps {
		o.clock = judgedAt + metrics.Instant(i)*metrics.Day
		step.told()
		o.judgeAll()
		got, owner := o.verdicts(metrics.FieldSystem), o.verdicts(metrics.FieldOwner)[0]
		for k := range got {
			got[k] = verdict{Name: got[k].Name, Verdict: got[k].Verdict, Cause: got[k].Cause, Since: got[k].Since}
		}
		if diff := cmp.Diff(got, step.system); diff != "" {
			t.Errorf("%s: systems -got +want\n%s", step.name, diff)
		}
		if owner.Verdict != "wrong" || owner.Cause != "no_team" || owner.Since != int64(judgedAt) {
			t.Errorf("%s: the owner is %+v, want no team since the first judgement", step.name, owner)
		}
	}
}

// TestJudgeFilesLapse keeps what was found wrong in files while a repository cannot be read, but not where a file leads on.
func TestJudgeFilesLapse(t *testing.T) {
	o := newOrgan(t)
	o.sources = o.sources[:1]
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	file := metrics.Described{Repo: repo, Entity: component("a", payRepo, "system=nosuch").Entity}
	system := metrics.Described{Repo: repo, Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}}}
	more := metrics.Described{Repo: repo, Entity: metrics.Entity{Repo: payRepo, Descriptor: metrics.Place{Path: "all.yaml"}}}
	for _, step := range []struct {
		name   string
		read   bool
		listed bool
		more   []metrics.Described
		want   string
	}{
		{"all is read", true, true, nil, "wrong"},
		{"a repository is not", false, true, nil, "wrong"},
		{"not all are listed", true, false, nil, "wrong"},
		{"neither", false, false, nil, "wrong"},
		{"all again", true, true, nil, "wrong"},
		{"a file leads on", true, true, []metrics.Described{more}, "unverified"},
	} {
		o.clock += metrics.Day
		o.write(metrics.Batch{
			Repos:    []metrics.Repo{{ID: repo, Name: payRepo, Source: "github", Seen: o.clock, Head: metrics.OID(strings.Repeat("h", 20))}},
			Readings: []metrics.Reading{{Repo: repo, Source: "github", At: o.clock, Complete: step.read, Head: metrics.OID(strings.Repeat("h", 20))}},
			Listings: []metrics.Listing{{Source: "github", At: o.clock, Full: true, Whole: step.listed, Repos: 1}},
		})
		o.described(nil, append(step.more, file, system)...)
		o.judgeAll()
		if got := o.verdicts(metrics.FieldSystem); len(got) != 1 || got[0].Verdict != step.want || step.want == "wrong" && got[0].Since != int64(judgedAt+metrics.Day) {
			t.Errorf("%s: the system is %+v, want %s since the first judgement", step.name, got, step.want)
		}
	}
}
