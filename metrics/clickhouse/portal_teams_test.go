package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestPortalTeams tells which teams catalogs have and had, and when that was all of them.
func TestPortalTeams(t *testing.T) {
	onEveryStore(t, testPortalTeams)
}

func testPortalTeams(t *testing.T, db *clickhouse.DB) {
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	shot := func(at metrics.Instant, kind, namespace, name string, gone bool) metrics.Snapshot {
		return metrics.Snapshot{Entity: metrics.Entity{Source: "backstage", Ref: metrics.EntityRef{Kind: kind, Namespace: namespace, Name: name}, Seen: at}, Gone: gone}
	}
	list := func(source string, at metrics.Instant, whole bool, kinds ...string) metrics.CatalogList {
		return metrics.CatalogList{Source: source, At: at, Complete: whole, Kinds: kinds}
	}
	write(t, db, metrics.Batch{
		Snapshots: []metrics.Snapshot{
			shot(10, "group", "default", "pay", false), shot(20, "group", "default", "pay", false), shot(30, "group", "default", "pay", true), shot(50, "group", "default", "pay", false),
			shot(20, "team", "other", "pay", false), shot(30, "_team", "default", "shop", false), shot(10, "component", "default", "thing", false),
			{Entity: metrics.Entity{Source: "never-read", Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "pay"}, Seen: 10}},
		},
		CatalogLists: []metrics.CatalogList{
			list("backstage", 10, false), list("backstage", 20, true), list("backstage", 30, true, "component", "team"), list("backstage", 40, true, "component"), list("backstage", 50, false),
			list("backstage", 60, true), list("backstage", 70, true), list("port", 15, true),
		},
	})
	ever := func(from metrics.Instant) metrics.Period { return metrics.Period{From: from, To: metrics.Forever} }
	backstage := metrics.PortalTeams{
		Source: "backstage", Read: ever(10), Known: []metrics.Period{{From: 20, To: 40}, ever(60)},
		Teams: map[string][]metrics.Period{"pay": {{From: 10, To: 30}, ever(20), ever(50)}, "shop": {ever(30)}},
	}
	port := metrics.PortalTeams{Source: "port", Read: ever(15), Known: []metrics.Period{ever(15)}}
	for _, step := range []struct {
		name       string
		configured []string
		want       []metrics.PortalTeams
	}{
		{"nobody said which are configured", nil, []metrics.PortalTeams{backstage, port}},
		{"one is taken out", []string{"backstage"}, []metrics.PortalTeams{backstage, {Source: "port", Read: metrics.Period{From: 15, To: 45}, Known: []metrics.Period{{From: 15, To: 45}}}}},
	} {
		if _, err := db.PutSources(t.Context(), step.configured, true, 45); err != nil {
			t.Fatal(err)
		}
		got, err := db.PortalTeams(t.Context())
		if diff := cmp.Diff(got, step.want, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v, -got +want\n%s", step.name, err, diff)
		}
	}
}

// TestRetiredCatalogCrowd ends who is in the teams of a catalog, and what its teams are, when it is not configured any more,
// until it is put back. Who is behind a spelling stays so, and so do the teams of the configuration that somebody is in.
func TestRetiredCatalogCrowd(t *testing.T) {
	onEveryStore(t, testRetiredCatalogCrowd)
}

func testRetiredCatalogCrowd(t *testing.T, db *clickhouse.DB) {
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := func(team metrics.TeamKey, from, to metrics.Instant) metrics.Membership {
		return metrics.Membership{Alias: 1, Person: 7, Team: team, Source: "backstage", Period: metrics.Period{From: from, To: to}, Seen: 20}
	}
	pay, over := in("group:default/pay", 10, metrics.Forever), in("group:default/shop", 5, 15)
	all := []metrics.Membership{pay, over, in("platform", 0, metrics.Forever)}
	host := metrics.HostTeam{Ref: "@acme/pay", Source: "github", Seen: 20}
	group := metrics.HostTeam{Ref: "group:default/pay", Source: "backstage", Seen: 20, Aliases: []metrics.TeamKey{"@acme/pay"}}
	write(t, db, metrics.Batch{
		Identities:  []metrics.Identity{{Alias: 1, Person: 7, Kind: metrics.Human, Source: "backstage", Seen: 20}},
		Memberships: all, HostTeams: []metrics.HostTeam{host, group}, CatalogLists: []metrics.CatalogList{{Source: "backstage", At: 20, Complete: true}},
	})
	for _, step := range []struct {
		configured []string
		at         metrics.Instant
		ended      metrics.Instant // of what was not over; Beginning where it is not
	}{
		{nil, 0, metrics.Beginning},
		{[]string{"backstage", "github"}, 25, metrics.Beginning},
		{[]string{"github"}, 30, 30},
		{[]string{"github", "port"}, 40, 30},
		{[]string{"backstage", "github"}, 50, metrics.Beginning},
	} {
		if _, err := db.PutSources(t.Context(), step.configured, true, step.at); err != nil {
			t.Fatal(err)
		}
		want, retired := pay, group
		if step.ended != metrics.Beginning {
			want.To, retired.Retired = step.ended, step.ended
		}
		got, err := db.Memberships(t.Context())
		if diff := cmp.Diff(got, []metrics.Membership{want, over, all[2]}, cmpopts.IgnoreFields(metrics.Membership{}, "Alias", "Seen")); err != nil || diff != "" {
			t.Errorf("members at %d: %v, -got +want\n%s", step.at, err, diff)
		}
		teams, err := db.HostTeams(t.Context())
		if diff := cmp.Diff(teams, []metrics.HostTeam{retired, host}); err != nil || diff != "" {
			t.Errorf("teams at %d: %v, -got +want\n%s", step.at, err, diff)
		}
		if people, err := db.Identities(t.Context()); err != nil || len(people) != 1 {
			t.Errorf("at %d %d spellings are known, %v", step.at, len(people), err)
		}
	}
}
