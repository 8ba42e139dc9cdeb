package clickhouse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// openStore gives t a store with its schema.
func openStore(t testing.TB) *clickhouse.DB {
	t.Helper()
	return clickhousetest.OpenMigrated(t)
}

func write(t testing.TB, db *clickhouse.DB, b metrics.Batch) {
	t.Helper()
	if err := db.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

func histories(t testing.TB, db *clickhouse.DB, repos ...metrics.RepoID) []metrics.History {
	t.Helper()
	var list []metrics.History
	for h, err := range db.Histories(t.Context(), repos) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, h)
	}
	return list
}

// oid makes an object id that is easy to tell from others.
func oid(name string) metrics.OID { return metrics.OID(name + strings.Repeat("\xff", 20-len(name))) }

// odd are bytes that SQL, JSON or UTF-8 would stumble over.
const odd = "a'b\\c\x00d\xffe\n@f?;--"

// allFacts is a batch with a row of each kind in which every field is set, and one in which none is.
func allFacts() metrics.Batch {
	repo := metrics.NewRepoID("github.com/acme/pay")
	return metrics.Batch{
		Readings: []metrics.Reading{{
			Source: "git", Repo: repo, At: 500, Complete: true, Reason: metrics.ReasonTooLarge, Detail: odd, Head: oid("h"),
			Watched: 1<<64 - 1, Names: 7,
		}},
		Repos: []metrics.Repo{{
			ID: repo, Name: "github.com/acme/pay", Source: "git", Seen: 500, Location: odd, DefaultBranch: "main",
			Head: oid("h"), Created: 1, LastPush: metrics.Forever, Archived: true, ArchivedAt: 2, Fork: true, Template: true,
			Shallow: true, Topics: []string{"a", odd}, Properties: map[string]string{"tier": "1", "": odd},
			Languages: []string{"Go"}, TemplateOf: "github.com/acme/template",
		}, {
			ID: 2,
		}},
		Walks: []metrics.Walk{{
			ID: 10, Repo: repo, Head: oid("h"), First: 0, Commits: 2, At: 500, Branch: "main", Grafted: true, Watched: 9,
			Watch: []string{"**/*.tf", odd}, Presence: []string{"Makefile"}, Named: []string{"c/*.yaml", odd},
		}},
		Commits: []metrics.Commit{{
			Repo: repo, Walk: 10, Pos: 0, Seq: 0, OID: oid("c0"), Committed: 100, Authored: metrics.Forever, Author: 1<<64 - 1,
			CoAuthors: []metrics.AliasID{3, 4}, RequestedBy: []metrics.AliasID{5}, Merge: true, Routine: true,
		}, {
			Repo: repo, Walk: 10, Pos: 0, Seq: 1, OID: oid("c01"),
		}, {
			Repo: repo, Walk: 10, Pos: 1, OID: metrics.OID(strings.Repeat("\x00", 32)), Committed: 200,
		}},
		FileChanges: []metrics.FileChange{
			{Repo: repo, Walk: 10, Pos: 0, Path: ".github/workflows/ci.yml", Blob: oid("b")},
			{Repo: repo, Walk: 10, Pos: 0, Path: odd, Blob: oid("'")},
			{Repo: repo, Walk: 10, Pos: 1, Path: odd},
		},
		SideChanges: []metrics.SideChange{{Repo: repo, Walk: 10, Pos: 0, Seq: 1, Path: odd, Blob: oid("b")}},
		Blobs: []metrics.Blob{
			{OID: oid("b"), Status: metrics.BlobRead, Size: uint64(len(odd)), Home: repo, Content: odd},
			{OID: oid("'"), Status: metrics.BlobTooBig, Size: 1 << 40, Home: repo},
			{OID: oid("m"), Status: metrics.BlobMissing, Home: 2},
			{OID: oid("e"), Status: metrics.BlobRead, Home: 2},
		},
		Identities: []metrics.Identity{
			{Alias: 1, Person: 2, Kind: metrics.Human, Source: "git", Seen: 5},
			{Alias: 1<<64 - 1, Person: 1<<64 - 1, Kind: metrics.Initiator, Source: odd, Seen: metrics.Forever},
		},
		Memberships: []metrics.Membership{{
			Alias: 1, Person: 2, Team: "payments", Source: "git", Period: metrics.Period{From: 0, To: metrics.Forever}, Seen: 5,
		}},
	}
}

// TestMembershipsEnd reads people again after somebody left a team, and another person of the same spelling
// did not.
func TestMembershipsEnd(t *testing.T) {
	db := openStore(t)
	identity := func(alias metrics.AliasID, person metrics.PersonID, source string, seen metrics.Instant) metrics.Identity {
		return metrics.Identity{Alias: alias, Person: person, Kind: metrics.Human, Source: source, Seen: seen}
	}
	member := func(alias metrics.AliasID, person metrics.PersonID, source string, seen metrics.Instant) metrics.Membership {
		return metrics.Membership{Alias: alias, Person: person, Team: "pay", Source: source, Period: metrics.Period{To: metrics.Forever}, Seen: seen}
	}
	write(t, db, metrics.Batch{
		Identities:  []metrics.Identity{identity(1, 1, "git", 5), identity(2, 2, "git", 5), identity(3, 3, "git", 5), identity(4, 4, "git", 5)},
		Memberships: []metrics.Membership{member(1, 1, "git", 5), member(2, 2, "git", 5), member(3, 3, "git", 5), member(4, 4, "git", 5)},
	})
	write(t, db, metrics.Batch{
		Identities:  []metrics.Identity{identity(1, 1, "git", 9), identity(2, 2, "git", 9), identity(3, 7, "git", 9), identity(4, 4, "other", 9)},
		Memberships: []metrics.Membership{member(2, 2, "git", 9)},
	})
	list, err := db.Memberships(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var persons []metrics.PersonID
	for _, m := range list {
		persons = append(persons, m.Person)
	}
	if diff := cmp.Diff(persons, []metrics.PersonID{2, 3, 4}); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}

func TestWriteAndRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		times int
	}{
		{"once", 1},
		{"three times changes nothing", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, b := openStore(t), allFacts()
			for range c.times {
				write(t, db, allFacts())
			}
			want := []metrics.History{{
				Repo: b.Repos[0], Readings: b.Readings, Walks: b.Walks, Commits: b.Commits, Changes: b.FileChanges, Side: b.SideChanges,
			}, {
				Repo: b.Repos[1],
			}}
			if diff := cmp.Diff(histories(t, db, b.Repos[0].ID, 404, 2), want, cmpopts.EquateEmpty()); diff != "" {
				t.Error("histories, -got +want\n" + diff)
			}
			identities, err := db.Identities(t.Context())
			if diff := cmp.Diff(identities, b.Identities); err != nil || diff != "" {
				t.Error("identities, -got +want\n", err, diff)
			}
			memberships, err := db.Memberships(t.Context())
			if diff := cmp.Diff(memberships, b.Memberships, cmpopts.IgnoreFields(metrics.Membership{}, "Alias", "Seen")); err != nil || diff != "" {
				t.Error("memberships, -got +want\n", err, diff)
			}
			inOrder := []metrics.Blob{b.Blobs[2], b.Blobs[0], b.Blobs[3], b.Blobs[1]}
			if diff := cmp.Diff(blobs(t, db, oid("m"), oid("b"), oid("e"), oid("nobody's"), oid("b"), oid("'")), inOrder); diff != "" {
				t.Error("blobs, -got +want\n" + diff)
			}
		})
	}
}

func blobs(t testing.TB, db *clickhouse.DB, oids ...metrics.OID) []metrics.Blob {
	t.Helper()
	var list []metrics.Blob
	for b, err := range db.Blobs(t.Context(), oids) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	return list
}

func TestWriteNothing(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{})
	if got := histories(t, db); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestWriteKeepsDatesInRange(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{
		Repos:   []metrics.Repo{{ID: 1}},
		Walks:   []metrics.Walk{{ID: 1, Repo: 1, Commits: 2}},
		Commits: []metrics.Commit{{Repo: 1, Walk: 1, Pos: 0, Committed: -1}, {Repo: 1, Walk: 1, Pos: 1, Committed: 1 << 40}},
	})
	got := histories(t, db, 1)[0].Commits
	if got[0].Committed != metrics.Beginning || got[1].Committed != metrics.Forever {
		t.Errorf("got %d and %d, want %d and %d", got[0].Committed, got[1].Committed, metrics.Beginning, metrics.Forever)
	}
}

func TestWriteNamesWhatItTried(t *testing.T) {
	db := openStore(t)
	err := db.Write(t.Context(), &metrics.Batch{Blobs: []metrics.Blob{{OID: oid("b")}}})
	if err == nil || !strings.HasPrefix(err.Error(), "write 1 blobs: column 2: ") {
		t.Errorf("a status that does not exist: got %v", err)
	}
}

func TestLacking(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{Blobs: []metrics.Blob{
		{OID: oid("read"), Status: metrics.BlobRead},
		{OID: oid("huge"), Status: metrics.BlobTooBig, Size: metrics.MaxBlob + 1},
		{OID: oid("big for presence"), Status: metrics.BlobTooBig, Size: metrics.MaxPresenceBlob + 1},
		{OID: oid("missing"), Status: metrics.BlobMissing},
		{OID: oid("found later"), Status: metrics.BlobMissing},
	}})
	write(t, db, metrics.Batch{Blobs: []metrics.Blob{{OID: oid("found later"), Status: metrics.BlobRead, Size: 1, Content: "x"}}})
	asked := []metrics.OID{oid("new"), oid("read"), oid("huge"), oid("big for presence"), oid("missing"), oid("found later"), oid("new")}
	got, err := db.Lacking(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []metrics.OID{oid("new"), oid("big for presence"), oid("missing")}); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	if got := blobs(t, db, oid("found later")); len(got) != 1 || got[0].Content != "x" {
		t.Errorf("found later: got %v, want its content", got)
	}
}

func TestManyBlobs(t *testing.T) {
	db := openStore(t)
	var batch metrics.Batch
	var oids []metrics.OID
	for i := range 7000 {
		id := metrics.OID(strings.Repeat(string([]byte{byte(i), byte(i >> 8)}), 16))
		oids = append(oids, id)
		content := strings.Repeat(string(id[:2]), 3000) // some 40 MB in all
		batch.Blobs = append(batch.Blobs, metrics.Blob{
			OID: id, Status: metrics.BlobRead, Size: uint64(len(content)), Home: metrics.RepoID(i % 3), Content: content,
		})
	}
	slices.Reverse(oids)
	slices.Reverse(batch.Blobs)
	write(t, db, batch)
	if diff := cmp.Diff(blobs(t, db, oids...), batch.Blobs); diff != "" {
		t.Errorf("%d blobs, -got +want\n%.2000s", len(oids), diff)
	}
	if got, err := db.Lacking(t.Context(), oids); err != nil || len(got) != 0 {
		t.Errorf("lacking: got %d and %v, want none", len(got), err)
	}
}
