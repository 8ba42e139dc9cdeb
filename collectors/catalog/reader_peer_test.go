package catalog_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// shelf is a real store, as readers write to it.
type shelf struct{ *clickhouse.DB }

func (shelf) Lacking(context.Context, []metrics.OID) ([]metrics.OID, error) { return nil, nil }

// read reads the peer into the store at a moment, and returns what is known then.
func (s shelf) read(t *testing.T, p *backstagePeer, at metrics.Instant) (catalog.Done, map[string]metrics.Snapshot) {
	t.Helper()
	before, err := s.Snapshots(t.Context(), "portal")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := s.CatalogLists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	members, err := s.Members(t.Context(), "portal")
	if err != nil {
		t.Fatal(err)
	}
	r := catalog.Reader{
		Name: "portal", Portal: p.portal(peerToken, nil), People: testPeople(t), Lists: lists, Members: members,
		Now: func() metrics.Instant { return at },
	}
	done, err := r.Read(t.Context(), before, s)
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Snapshots(t.Context(), "portal")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]metrics.Snapshot{}
	for _, snapshot := range after {
		all[snapshot.Ref.String()] = snapshot
	}
	return done, all
}

// TestReaderPeer reads a real catalog into a real store, fresh, once more, and after it became stale.
func TestReaderPeer(t *testing.T) {
	p, s := startBackstage(t), shelf{clickhousetest.OpenMigrated(t)}
	p.until("the whole catalog", func(items map[string]catalog.Item) bool {
		return len(items["component:default/never-valid"].Entity.Problems) > 0 && len(items["location:default/leads-nowhere"].Entity.Problems) > 0 &&
			len(items["api:default/payments"].Entity.Problems) > 0 && len(items) == 20
	})
	done, fresh := s.read(t, p, 100)
	if done.Entities != 20 || done.Changed != 18 || !done.Complete || len(fresh) != 18 {
		t.Errorf("the fresh catalog came to %+v, with %d entities", done, len(fresh))
	}
	if again, _ := s.read(t, p, 200); again.Entities != 20 || again.Changed != 0 || again.Gone != 0 || !again.Complete {
		t.Errorf("read once more it came to %+v", again)
	}
	money := fresh["system:default/money"]
	if len(money.Owners) != 1 || money.Owners[0].Person == 0 || !strings.HasPrefix(money.Owners[0].Ref.Name, "person-") || !cmp.Equal(ownerOf(money), []string{money.Owners[0].Ref.String()}) {
		t.Errorf("a person owns the system: %+v, as %q", money.Owners, ownerOf(money))
	}
	s.members(t, []metrics.TeamKey{"group:default/payments"})
	s.stale(t, p)
}

// ownerOf is what the field of the owner says.
func ownerOf(s metrics.Snapshot) []string {
	for _, f := range s.Fields {
		if f.Name == metrics.FieldOwner {
			return f.Values
		}
	}
	return nil
}

// members looks at who is in teams that the store knows of, and at the teams.
func (s shelf) members(t *testing.T, want []metrics.TeamKey) {
	t.Helper()
	members, err := s.Memberships(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var in []metrics.TeamKey
	for _, m := range members {
		if m.To == metrics.Forever {
			in = append(in, m.Team)
		}
	}
	if slices.Sort(in); !cmp.Equal(slices.Compact(in), want) {
		t.Errorf("persons are in %v, want %v", in, want)
	}
	teams, err := s.HostTeams(t.Context())
	if err != nil || !slices.ContainsFunc(teams, func(h metrics.HostTeam) bool {
		return h.Ref == "group:default/payments" && h.Parent == "group:default/fintech" && h.Name == "Payments"
	}) {
		t.Errorf("the teams are %+v, %v", teams, err)
	}
}

// stale lets a descriptor break, another one and a group vanish.
func (s shelf) stale(t *testing.T, p *backstagePeer) {
	p.write("ledger.yaml", "owner: payments", `owner: ""`)
	p.write("all.yaml", "./leaving.yaml, ", "")
	if err := os.Remove(filepath.Join(p.files, "leaving.yaml")); err != nil {
		t.Fatal(err)
	}
	p.until("a broken ledger, and orphans", func(items map[string]catalog.Item) bool {
		return len(items["component:default/ledger"].Entity.Problems) > 0 && items["component:default/leaving"].Entity.Orphan && items["group:default/leavers"].Entity.Orphan
	})
	p.delete("group:default/leavers")
	p.until("an owner that is gone", func(items map[string]catalog.Item) bool { _, there := items["group:default/leavers"]; return !there })
	done, stale := s.read(t, p, 300)
	if done.Entities != 19 || done.Gone != 1 || !done.Complete || !stale["group:default/leavers"].Gone {
		t.Errorf("the stale catalog came to %+v, the group is %+v", done, stale["group:default/leavers"])
	}
	if left := stale["component:default/left-behind"]; len(left.Owners) != 1 || !left.Owners[0].Gone || left.Seen != 300 {
		t.Errorf("what was left behind is %+v", left)
	}
	if ledger := stale["component:default/ledger"]; len(ledger.Problems) == 0 || ledger.Seen != 300 || !stale["component:default/leaving"].Orphan {
		t.Errorf("the ledger is %+v", ledger)
	}
	if pay := stale["component:default/payments-api"]; pay.Seen != 100 {
		t.Errorf("what did not change is written again: %+v", pay)
	}
}
