package main

import (
	"fmt"
	"slices"
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

// TestJudgeCatalogsLeftOut lets a portal leave its teams out, or who is in them, between readings that have all: what was found
// wrong stays so as where a reading fails, and nothing new is found.
func TestJudgeCatalogsLeftOut(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	group := func(name string) metrics.Snapshot {
		return metrics.Snapshot{Entity: metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: name}, Seen: before(50)}}
	}
	member := metrics.Membership{Alias: ofNone, Person: metrics.PersonID(ofNone), Team: "group:default/ops", Source: "backstage", Period: metrics.Period{To: metrics.Forever}, Seen: judgedAt}
	who := metrics.Identity{Alias: member.Alias, Person: member.Person, Kind: metrics.Human, Source: member.Source, Seen: judgedAt}
	o.write(metrics.Batch{Identities: []metrics.Identity{who}, Memberships: []metrics.Membership{member}})
	o.told("backstage", component("a", payRepo, "owner=nowhere", "system=nosuch"), component("b", payRepo, "owner=empty"), group("empty"), group("ops"))
	teamless, personless := []string{"component"}, []string{"component", "group"}
	found := []string{"wrong no_team 0", "wrong no_member 0"}
	for i, step := range []struct {
		name  string
		kinds []string // that are not left out; none for all
		fails bool
		comes string // a group that is new, and owns something
		want  []string
	}{
		{"whole", nil, false, "", found},
		{"without teams", teamless, false, "", found},
		{"failed", nil, true, "", found},
		{"without teams again", teamless, false, "", found},
		{"whole again", nil, false, "", found},
		{"without persons", personless, false, "", found},
		{"without persons, and with a new team", personless, false, "new", append(slices.Clone(found), "unverified unchecked")},
		{"without teams, and with one of which nobody knows", teamless, false, "", append(slices.Clone(found), "unverified unchecked")},
		{"whole at last", nil, false, "", append(slices.Clone(found), "wrong no_member 8")},
	} {
		o.clock = judgedAt + metrics.Instant(i)*metrics.Day
		list := metrics.CatalogList{Source: "backstage", At: o.clock, Complete: !step.fails, Kinds: step.kinds, Entities: 5}
		b := metrics.Batch{CatalogLists: []metrics.CatalogList{list}}
		if step.comes != "" {
			b.Snapshots = append(b.Snapshots, group(step.comes), component("c", payRepo, "owner="+step.comes))
		}
		o.write(b)
		o.judgeAll()
		var got []string
		for _, v := range o.verdicts(metrics.FieldOwner) {
			if v.Verdict == "wrong" {
				v.Cause += fmt.Sprint(" ", (v.Since-int64(judgedAt))/int64(metrics.Day))
			}
			got = append(got, v.Verdict+" "+v.Cause)
		}
		if diff := cmp.Diff(got, step.want); diff != "" {
			t.Errorf("%s: -got +want\n%s", step.name, diff)
		}
		if system := o.verdicts(metrics.FieldSystem)[0]; system.Verdict != "wrong" || system.Since != int64(judgedAt) {
			t.Errorf("%s: the system is %+v, want it wrong since the first judgement", step.name, system)
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
