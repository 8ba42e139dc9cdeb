package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestFileCatalogGaps: where files describe more than was read, nothing is missing and what they may be about is not dark.
func TestFileCatalogGaps(t *testing.T) {
	const pay, shop, other = "github.com/acme/pay", "github.com/acme/shop", "github.com/other/x"
	entity := metrics.Described{Repo: 1, Entity: metrics.Entity{
		Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, Descriptor: metrics.Place{Repo: pay, Path: "all.yaml"},
		Fields: []metrics.EntityField{{Name: metrics.FieldSystem, Values: []string{"system:default/one"}}},
	}}
	type outcome struct {
		Verdict freshness.Verdict
		Dark    []string
	}
	wrong := outcome{freshness.Wrong, []string{pay, shop}}
	for name, test := range map[string]struct {
		repo, target string
		want         outcome
	}{
		"none":                                 {"", "", wrong},
		"a file of its own":                    {pay, "", outcome{freshness.Unverified, []string{shop}}},
		"a location in it":                     {pay, "./systems/one.yaml", outcome{freshness.Unverified, nil}},
		"a file of another one":                {shop, "https://github.com/acme/shop/blob/main/x.yaml", outcome{freshness.Unverified, nil}},
		"a file that is read with another one": {shop, "", wrong},
		"a file that nobody reads":             {other, "", outcome{freshness.Unverified, []string{shop}}},
		"some file that nobody reads":          {other, "https://github.com/other/x/blob/main/x.yaml", outcome{freshness.Unverified, []string{shop}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &survey{
				now: judgedAt, ids: map[string]metrics.RepoID{pay: 1, shop: 2}, walked: map[metrics.RepoID]bool{1: true, 2: true}, read: true,
				repos: []freshness.Repo{{Name: pay, LastHuman: before(1)}, {Name: shop, LastHuman: before(1)}},
			}
			list := []metrics.Described{entity}
			if test.repo != "" {
				list = append(list, metrics.Described{Repo: 1, Entity: metrics.Entity{
					Repo: test.repo, Folder: test.target, Descriptor: metrics.Place{Repo: pay, Path: "all.yaml"},
				}})
			}
			c := fileCatalog(s, list)
			j := freshness.Judge(c.records, freshness.World{
				Now: s.now, Repos: s.repos, Complete: c.complete, Unread: c.unread, Open: c.open,
			}, metrics.DefaultMeasure())
			if len(j.Entities) != 1 {
				t.Fatalf("%d entities, want the one that has a name", len(j.Entities))
			}
			got := outcome{Dark: j.Dark}
			for _, f := range j.Entities[0].Fields {
				if f.Name == metrics.FieldSystem {
					got.Verdict = f.Verdict
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}
