package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestJudgeCatalogsFiles judges what files describe as a catalog of its own, and dates by them what a portal has from them.
func TestJudgeCatalogsFiles(t *testing.T) {
	o := newOrgan(t)
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	shot := component("pay", payRepo, "annotation.made=by the portal", "owner=payments", "title=Pay")
	shot.Descriptor = metrics.Place{Repo: payRepo, Path: "catalog-info.yaml"}
	shot.By = []metrics.Editor{metrics.EditedByMachine, metrics.EditedByMachine, metrics.EditedByMachine}
	o.told("backstage", shot)
	file := metrics.Described{Repo: repo, Entity: shot.Entity, Line: 1, Lines: []int{6, 7}, Confirmed: []metrics.Instant{before(200), metrics.Beginning}}
	file.Source, file.Fields = metrics.DescribedSource, shot.Fields[1:]
	o.described(nil, file)
	o.judgeAll()
	for field, want := range map[string][]verdict{
		"owner":           {{Source: "backstage", Verdict: "right", By: "human", Line: 6}, {Source: "files", Verdict: "right", By: "human", Line: 6}},
		"title":           {{Source: "backstage", Verdict: "unverified", Line: 7}, {Source: "files", Verdict: "unverified", Line: 7}},
		"annotation.made": {{Source: "backstage", Verdict: "unverified", By: "machine"}},
	} {
		if diff := cmp.Diff(o.verdicts(field), want, cmpopts.IgnoreFields(verdict{}, "Name", "Cause", "Steps", "Ghost", "Since")); diff != "" {
			t.Errorf("%s -got +want\n%s", field, diff)
		}
	}
}

// TestJudgeCatalogsConfirmed: the history of a file confirms what a portal says only where the file says the same; that somebody
// verified an entity in the portal confirms all of it.
func TestJudgeCatalogsConfirmed(t *testing.T) {
	for _, test := range []struct {
		name, file string // what the file says; the portal has an owner, a title and a type
		verified   metrics.Instant
		want       map[string]string // how a field was confirmed, and the verdict
	}{
		{"the same", "owner=group:default/payments title=Pay type=service", metrics.Beginning, map[string]string{"title": "aged human 200", "type": "aged human 200"}},
		{"another title", "owner=payments title=Payments type=service", metrics.Beginning, map[string]string{"title": "unverified", "type": "aged human 200"}},
		{"no title", "owner=payments type=service", metrics.Beginning, map[string]string{"title": "unverified", "type": "aged human 200"}},
		{"another title, verified", "owner=payments title=Payments type=service", before(3), map[string]string{"title": "unverified human 3", "type": "unverified human 3"}},
		{"verified before it was written", "owner=payments title=Pay type=service", before(300), map[string]string{"title": "aged human 200", "type": "aged human 200"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOrgan(t)
			repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
			shot := component("pay", payRepo, "owner=payments", "title=Pay", "type=service")
			shot.Descriptor, shot.Verified = metrics.Place{Repo: payRepo, Path: "catalog-info.yaml"}, test.verified
			o.told("backstage", shot)
			file := metrics.Described{Repo: repo, Entity: component("pay", payRepo, strings.Fields(test.file)...).Entity, Line: 1}
			file.Source, file.Descriptor = metrics.DescribedSource, shot.Descriptor
			for range file.Fields {
				file.Lines, file.Confirmed = append(file.Lines, 6), append(file.Confirmed, before(200))
			}
			o.described(nil, file)
			o.judgeAll()
			rows, err := query.CatalogEntities(t.Context(), o.db, query.CatalogEntitiesQuestion{Source: "backstage", Entity: "component:default/pay"})
			if err != nil || len(rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			got := map[string]string{}
			for _, f := range rows[0].Fields {
				if f.Field == metrics.FieldOwner {
					continue
				}
				got[f.Field] = f.Verdict
				if f.Confirmed != nil && f.EditedBy != "" {
					got[f.Field] += fmt.Sprintf(" %s %d", f.EditedBy, (judgedAt-metrics.At(*f.Confirmed))/metrics.Day)
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestJudgeCatalogsDescribedTwice: what is described in two places stands on a line of its own in each.
func TestJudgeCatalogsDescribedTwice(t *testing.T) {
	o := newOrgan(t)
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	var files []metrics.Described
	for line, path := range map[int]string{6: "catalog-info.yaml", 16: "old/catalog-info.yaml"} {
		d := metrics.Described{Repo: repo, Entity: component("pay", payRepo, "owner=payments").Entity, Line: 1, Lines: []int{line}}
		d.Source, d.Descriptor = metrics.DescribedSource, metrics.Place{Repo: payRepo, Path: path}
		files = append(files, d)
	}
	o.described(nil, files...)
	o.judgeAll()
	want := []verdict{{Source: "files", Line: 6}, {Source: "files", Line: 16}}
	if diff := cmp.Diff(o.verdicts("owner"), want, cmpopts.IgnoreFields(verdict{}, "Name", "Verdict", "By", "Cause", "Steps", "Ghost", "Since")); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestJudgeCatalogsNothingDescribed: where files were the only catalog and describe nothing any more, that takes the place of
// what they described, each time anew; beside another catalog they are none.
func TestJudgeCatalogsNothingDescribed(t *testing.T) {
	o := newOrgan(t)
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	of := func(source string, entities, covered uint32, dark ...string) judged {
		return judged{Source: source, Entities: entities, Covered: []uint32{covered, 1}, Dark: dark}
	}
	check := func(when string, want ...judged) {
		t.Helper()
		o.clock += metrics.Day
		o.judgeAll()
		if diff := cmp.Diff(o.inForce(), want, cmpopts.IgnoreFields(judged{}, "HalfLife"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -got +want\n%s", when, diff)
		}
	}
	file := metrics.Described{Repo: repo, Entity: component("pay", payRepo, "owner=payments").Entity}
	file.Source = metrics.DescribedSource
	check("before any file")
	o.described(nil, file)
	check("described", of("files", 1, 1))
	o.described([]metrics.Beside{{Unit: metrics.Unit{Repo: repo}, Team: "payments"}})
	check("no more", of("files", 0, 0, payRepo))
	if got := o.verdicts(metrics.FieldOwner); len(got) > 0 {
		t.Errorf("entities of before are told: %+v", got)
	}
	o.repo(metrics.Repo{Name: "github.com/acme/new"}, worked{ofNone, 5})
	check("and later", judged{Source: "files", Covered: []uint32{0, 2}, Dark: []string{"github.com/acme/new", payRepo}})
	o.told("backstage")
	check("beside a portal", judged{Source: "backstage", Covered: []uint32{0, 2}, Dark: []string{"github.com/acme/new", payRepo}})
}

// TestJudgeCatalogsFilesMissed says what of the files was not read.
func TestJudgeCatalogsFilesMissed(t *testing.T) {
	o := newOrgan(t)
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	file := metrics.Described{Repo: repo, Entity: component("pay", payRepo, "owner=payments").Entity}
	file.Source = metrics.DescribedSource
	more := metrics.Described{Repo: repo, Entity: metrics.Entity{Source: metrics.DescribedSource, Repo: payRepo, Descriptor: metrics.Place{Path: "all.yaml"}}}
	unread := func(name string) {
		id := metrics.NewRepoID(name)
		o.write(metrics.Batch{
			Repos:    []metrics.Repo{{ID: id, Name: name, Source: "github", Seen: judgedAt}},
			Readings: []metrics.Reading{{Repo: id, Source: "github", At: judgedAt, Reason: metrics.ReasonForbidden}},
		})
	}
	check := func(when string, complete bool, detail string) {
		t.Helper()
		o.judgeAll()
		rows, err := query.Catalog(t.Context(), o.db, query.CatalogQuestion{AsOf: judgedAt + metrics.Day})
		if err != nil || len(rows) != 1 || rows[0].Complete != complete || rows[0].Detail != detail {
			t.Errorf("%s: %v, got %+v, want %v, %q", when, err, rows, complete, detail)
		}
	}
	o.described(nil, file)
	check("all are read", true, "")
	o.described(nil, file, more)
	check("a file describes more", false, "files of 1 repository describe more than was read: "+payRepo)
	unread("github.com/acme/a")
	check("a repository is not read", false, "1 repository was not read: github.com/acme/a; files of 1 repository describe more than was read: "+payRepo)
	for _, name := range []string{"b", "c", "d"} {
		unread("github.com/acme/" + name)
	}
	o.described(nil, file)
	o.judgeAll()
	rows, err := query.Catalog(t.Context(), o.db, query.CatalogQuestion{AsOf: judgedAt + metrics.Day})
	if err != nil || len(rows) != 1 || rows[0].Complete || !strings.HasPrefix(rows[0].Detail, "4 repositories were not read: ") || !strings.HasSuffix(rows[0].Detail, " and 1 more") {
		t.Errorf("several are not read: %v, got %+v", err, rows)
	}
}

// TestJudgeCatalogsWrittenByPrograms: a value is not wrong before a program wrote it, which no human confirmed then.
func TestJudgeCatalogsWrittenByPrograms(t *testing.T) {
	o := newOrgan(t)
	repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	var files []metrics.Described
	for _, f := range []struct {
		name               string
		confirmed, written metrics.Instant
	}{
		{"a-human", before(20), before(20)}, {"b-bot-later", before(400), before(20)}, {"c-bot-alone", metrics.Beginning, before(20)},
		{"d-long-ago", before(400), before(300)}, {"e-unknown", before(400), metrics.Beginning},
	} {
		d := metrics.Described{Repo: repo, Entity: component(f.name, payRepo, "owner=left").Entity, Confirmed: []metrics.Instant{f.confirmed}, Written: []metrics.Instant{f.written}}
		d.Source = metrics.DescribedSource
		files = append(files, d)
	}
	o.described(nil, files...)
	o.judgeAll()
	want := []verdict{
		{Name: "a-human", By: "human", Since: int64(before(20))}, {Name: "b-bot-later", By: "machine", Since: int64(before(20))},
		{Name: "c-bot-alone", By: "machine", Since: int64(before(20))}, {Name: "d-long-ago", By: "machine", Since: int64(before(40))},
		{Name: "e-unknown", By: "human", Since: int64(before(40))},
	}
	if diff := cmp.Diff(o.verdicts("owner"), want, cmpopts.IgnoreFields(verdict{}, "Source", "Verdict", "Cause", "Steps", "Ghost")); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}
