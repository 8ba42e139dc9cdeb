package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestBesidePortals tells what of portals counts for what files refer to.
func TestBesidePortals(t *testing.T) {
	crew, money := metrics.EntityRef{Kind: "group", Namespace: "default", Name: "crew"}, metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}
	portal := func(refs ...metrics.EntityRef) *catalogState {
		c := &catalogState{source: "backstage", complete: true}
		for _, ref := range refs {
			c.add(freshness.Record{Entity: metrics.Entity{Ref: ref}})
		}
		return c
	}
	partly, unread, kinds := portal(crew), portal(crew), portal(crew, money)
	partly.complete, partly.lapsed = false, true
	unread.complete, unread.unread = false, true
	kinds.kinds = []string{"system"}
	tests := []struct {
		name      string
		portals   []*catalogState
		others    int
		elsewhere map[metrics.EntityRef]bool
		all       bool
	}{
		{"none", nil, 0, map[metrics.EntityRef]bool{}, false},
		{"one that was never read", nil, 1, map[metrics.EntityRef]bool{}, false},
		{"one with a team", []*catalogState{portal(crew, money)}, 1, map[metrics.EntityRef]bool{crew: true, money: true}, true},
		{"one without a team", []*catalogState{portal(money)}, 1, map[metrics.EntityRef]bool{money: true}, false},
		{"one that was read whole, though not this time", []*catalogState{partly}, 1, map[metrics.EntityRef]bool{crew: true}, false},
		{"one that was never read whole", []*catalogState{unread}, 1, map[metrics.EntityRef]bool{}, false},
		{"one whose teams were not all read", []*catalogState{kinds}, 1, map[metrics.EntityRef]bool{crew: true, money: true}, false},
		{"two, one of them with teams", []*catalogState{portal(crew), portal(money)}, 2, map[metrics.EntityRef]bool{crew: true, money: true}, true},
		{"two, one of them never read", []*catalogState{portal(crew)}, 2, map[metrics.EntityRef]bool{crew: true}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &survey{portals: test.portals, others: test.others}
			want := freshness.World{Part: true, Others: test.others > 0, Elsewhere: test.elsewhere, AllTeams: test.all}
			want.Lapsed.Teams = slices.Contains(test.portals, partly)
			if diff := cmp.Diff(s.besidePortals(freshness.World{}), want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestJudgeCatalogsFilesBeside judges a file that refers to what only the portal has, and to what nothing has.
func TestJudgeCatalogsFilesBeside(t *testing.T) {
	o := newOrgan(t)
	pay := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	system := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, Seen: before(50)}}
	o.told("backstage", system)
	describe := func(name, owner, system string) metrics.Described {
		return metrics.Described{Repo: pay, Entity: metrics.Entity{
			Source: metrics.DescribedSource, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Repo: payRepo,
			Fields: []metrics.EntityField{{Name: metrics.FieldOwner, Values: []string{owner}}, {Name: metrics.FieldSystem, Values: []string{system}}},
		}}
	}
	o.described(nil, describe("a", "group:default/payments", "system:default/money"), describe("b", "group:default/ghosts", "system:default/honey"))
	o.judgeAll()
	got := map[string]string{}
	for _, field := range []string{metrics.FieldOwner, metrics.FieldSystem} {
		for _, v := range o.verdicts(field) {
			if v.Source == metrics.DescribedSource {
				got[field] += v.Verdict + " " + v.Cause + ", "
			}
		}
	}
	want := map[string]string{"owner": "right commits, wrong no_team, ", "system": "right there, unverified unchecked, "}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}
