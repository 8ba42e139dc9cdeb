package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestJudgeCatalogsCalled takes for a team what else its portal calls it, in that portal and in files, unless that is the name
// of another.
func TestJudgeCatalogsCalled(t *testing.T) {
	group := func(name string) metrics.Snapshot {
		return metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: name}, Seen: before(50)}}
	}
	calls := func(team, source string, names ...metrics.TeamKey) metrics.HostTeam {
		return metrics.HostTeam{Ref: metrics.TeamKey("group:default/" + team), Name: team, Source: source, Seen: judgedAt, Aliases: names}
	}
	for _, test := range []struct {
		name   string
		owner  string
		teams  []metrics.HostTeam
		groups []metrics.Snapshot // beside payments
		want   map[string]string  // the cause, and the team that is meant, by catalog
	}{
		{"its own name", "payments", nil, nil, map[string]string{"backstage": "commits payments", "files": "commits payments"}},
		{"another name", "pays", []metrics.HostTeam{calls("payments", "backstage", "pays")}, nil, map[string]string{"backstage": "commits payments", "files": "commits payments"}},
		{"another name in capitals, as a reference", "group:default/Pays", []metrics.HostTeam{calls("payments", "backstage", "pays")}, nil, map[string]string{"backstage": "commits payments", "files": "commits payments"}},
		{"another name with a blank", "The Payments", []metrics.HostTeam{calls("payments", "backstage", "the payments")}, nil, map[string]string{"backstage": "commits payments", "files": "commits payments"}},
		{"no name of any", "pays", []metrics.HostTeam{calls("payments", "backstage", "cash")}, nil, map[string]string{"backstage": "no_team ", "files": "no_team "}},
		{"a name that another portal had for it", "pays", []metrics.HostTeam{calls("payments", "cortex", "pays")}, nil, map[string]string{"backstage": "no_team ", "files": "no_team "}},
		{"a name of a team that is not there any more", "pays", []metrics.HostTeam{calls("paid", "backstage", "pays")}, nil, map[string]string{"backstage": "no_team ", "files": "no_team "}},
		{"another's own name", "pays", []metrics.HostTeam{calls("payments", "backstage", "pays")}, []metrics.Snapshot{group("pays")}, map[string]string{"backstage": "unchecked pays", "files": "unchecked pays"}},
		{"a name that two have", "pays", []metrics.HostTeam{calls("payments", "backstage", "pays"), calls("money", "backstage", "pays")}, []metrics.Snapshot{group("money")}, map[string]string{"backstage": "unchecked pays", "files": "unchecked pays"}},
		{"a name that the configuration has for another", "plat-x", []metrics.HostTeam{calls("payments", "backstage", "plat-x")}, nil, map[string]string{"backstage": "others_commit platform", "files": "others_commit platform"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOrgan(t)
			repo := o.repo(metrics.Repo{Name: payRepo}, payWork...)
			o.write(metrics.Batch{HostTeams: test.teams})
			said := component("pay", payRepo, "owner="+test.owner)
			o.told("backstage", append(test.groups, said)...)
			file := metrics.Described{Repo: repo, Entity: said.Entity, Line: 1, Lines: []int{6}, Confirmed: []metrics.Instant{before(20)}}
			file.Source = metrics.DescribedSource
			o.described(nil, file)
			o.judgeAll()
			var rows []struct {
				Source string   `ch:"source"`
				Cause  string   `ch:"cause"`
				Teams  []string `ch:"teams"`
			}
			err := o.db.Select(t.Context(), &rows, `SELECT source, cause[indexOf(field, 'owner')] AS cause, owner_teams AS teams FROM catalog_verdicts WHERE name = 'pay'`, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, row := range rows {
				got[row.Source] = row.Cause + " "
				for _, team := range row.Teams {
					got[row.Source] += team
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

// TestJudgeCatalogsInNamespaces: that a team is missing in one namespace says nothing of one of the same name in another.
func TestJudgeCatalogsInNamespaces(t *testing.T) {
	group := func(namespace, name string) metrics.EntityRef {
		return metrics.EntityRef{Kind: "group", Namespace: namespace, Name: name}
	}
	owned := func(name string, owner metrics.EntityOwner) metrics.Snapshot {
		s := component(name, payRepo, "owner="+owner.Ref.String())
		s.Owners = []metrics.EntityOwner{owner}
		return s
	}
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	o.told("backstage", metrics.Snapshot{Entity: metrics.Entity{Ref: group("shop", "checkout"), Seen: before(50)}},
		owned("there", metrics.EntityOwner{Ref: group("default", "payments")}), owned("missing", metrics.EntityOwner{Ref: group("other", "payments"), Gone: true}),
		metrics.Snapshot{Entity: metrics.Entity{Ref: group("a", "idle"), Seen: before(50)}}, metrics.Snapshot{Entity: metrics.Entity{Ref: group("b", "idle"), Seen: before(50)}},
		owned("one of two", metrics.EntityOwner{Ref: group("a", "idle")}),
		owned("elsewhere", metrics.EntityOwner{Ref: group("shop", "checkout")}), owned("not here", metrics.EntityOwner{Ref: group("default", "checkout"), Gone: true, Since: before(3)}))
	sample := metrics.Described{Repo: metrics.NewRepoID(payRepo), Entity: metrics.Entity{Source: metrics.DescribedSource, Ref: group("demo", "payments"), Seen: before(50)}, Line: 1}
	another := sample
	another.Ref.Namespace = "default"
	o.described(nil, sample, another) // which says nothing of what the portal has
	o.judgeAll()
	got := map[string]string{}
	for _, v := range o.verdicts(metrics.FieldOwner) {
		got[v.Name] = v.Verdict + " " + v.Cause
	}
	want := map[string]string{"there": "right commits", "missing": "wrong no_team", "elsewhere": "right commits", "not here": "wrong no_team", "one of two": "unverified unchecked"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestJudgeCatalogsInFolders finds folders to be there by the files that are known in them.
func TestJudgeCatalogsInFolders(t *testing.T) {
	o := newOrgan(t)
	id := o.repo(metrics.Repo{Name: payRepo}, payWork...)
	const file = metrics.OID("some file's content.")
	change := func(pos uint32, path string, blob metrics.OID) metrics.FileChange {
		return metrics.FileChange{Repo: id, Walk: metrics.WalkID(id), Pos: pos, Path: path, Blob: blob}
	}
	o.write(metrics.Batch{FileChanges: []metrics.FileChange{
		change(0, "svc/pay/catalog-info.yaml", file), change(0, "svc/left/go.mod", file), change(1, "svc/left/go.mod", ""),
	}})
	in := func(name, folder string) metrics.Snapshot {
		s := component(name, payRepo, "source=https://"+payRepo+"/tree/main/"+folder)
		s.Folder, s.Since[0] = folder, before(200)
		return s
	}
	o.told("backstage", in("above", "svc"), in("left", "svc/left"), in("never", "svc/x"), in("there", "svc/pay"), in("whole", ""))
	o.judgeAll()
	want := map[string]string{"above": "right there no", "left": "unverified unchecked no", "never": "unverified unchecked no", "there": "right there no", "whole": "right there no"}
	got := map[string]string{}
	for _, v := range o.verdicts(metrics.FieldSource) {
		got[v.Name] = v.Verdict + " " + v.Cause + " " + v.Ghost
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}
