package clickhouse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// walked is a walk of repository 1 with a commit and a change at each of its positions.
func walked(id, prev metrics.WalkID, first, commits uint32, at metrics.Instant, head string) metrics.Batch {
	b := metrics.Batch{Walks: []metrics.Walk{{
		ID: id, Repo: 1, Prev: prev, First: first, Commits: commits, At: at, Head: oid(head), Watched: uint64(id % 2),
		Watch: []string{fmt.Sprint("set", id%2)},
	}}}
	for pos := first; pos < first+commits; pos++ {
		name := fmt.Sprint(id, "/", pos)
		b.Commits = append(b.Commits, metrics.Commit{Repo: 1, Walk: id, Pos: pos, OID: oid(name)})
		b.FileChanges = append(b.FileChanges, metrics.FileChange{Repo: 1, Walk: id, Pos: pos, Path: "f", Blob: oid(name)})
		b.SideChanges = append(b.SideChanges, metrics.SideChange{Repo: 1, Walk: id, Pos: pos, Seq: 1, Path: "f", Blob: oid(name)})
	}
	return b
}

// of gives the facts to another repository.
func of(id metrics.RepoID, b metrics.Batch) metrics.Batch {
	b.Walks, b.Commits = slices.Clone(b.Walks), slices.Clone(b.Commits)
	b.FileChanges, b.SideChanges = slices.Clone(b.FileChanges), slices.Clone(b.SideChanges)
	for i := range b.Walks {
		b.Walks[i].Repo = id
	}
	for i := range b.Commits {
		b.Commits[i].Repo, b.FileChanges[i].Repo, b.SideChanges[i].Repo = id, id, id
	}
	return b
}

// committed dates the commits of a walk.
func committed(at metrics.Instant, b metrics.Batch) metrics.Batch {
	for i := range b.Commits {
		b.Commits[i].Committed = at
	}
	return b
}

// killed is what a scan leaves behind that was killed before it wrote the walk.
func killed(b metrics.Batch) metrics.Batch {
	b.Walks = nil
	return b
}

func TestHistoriesReadTheNewestCompleteChain(t *testing.T) {
	db := openStore(t)
	for i, c := range []struct {
		name string
		head string
		walk []metrics.Batch
		want string
		next uint32
	}{
		{"none", "", nil, "[]", 0},
		{"one", "b", []metrics.Batch{walked(1, 0, 0, 2, 100, "b")}, "[1/0 1/1]", 2},
		{"a refresh goes on where the last one ended", "c", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), walked(2, 1, 2, 1, 200, "c"),
		}, "[1/0 1/1 2/2]", 3},
		{"a force push starts anew", "x", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), walked(2, 1, 2, 1, 200, "c"), walked(3, 0, 0, 2, 300, "x"),
		}, "[3/0 3/1]", 2},
		{"a force push back to a head that was read before", "b", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), walked(2, 1, 2, 1, 200, "c"), walked(1, 0, 0, 2, 300, "b"),
		}, "[1/0 1/1]", 2},
		{"and forward again", "c", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), walked(2, 1, 2, 1, 200, "c"), walked(1, 0, 0, 2, 300, "b"), walked(2, 1, 2, 1, 400, "c"),
		}, "[1/0 1/1 2/2]", 3},
		{"a killed scan never counts", "c", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), killed(walked(2, 1, 2, 1, 200, "c")),
		}, "[1/0 1/1]", 2},
		{"a chain with a gap does not count", "d", []metrics.Batch{
			walked(1, 0, 0, 2, 100, "b"), killed(walked(2, 1, 2, 1, 200, "c")), walked(3, 2, 3, 1, 300, "d"),
		}, "[1/0 1/1]", 2},
		{"in one second a refresh comes after what it refreshes", "c", []metrics.Batch{
			walked(2, 1, 2, 1, 100, "c"), walked(1, 0, 0, 2, 100, "b"),
		}, "[1/0 1/1 2/2]", 3},
		{"in one second the head that was seen last decides", "x", []metrics.Batch{
			walked(1, 0, 0, 3, 100, "c"), walked(3, 0, 0, 1, 100, "x"),
		}, "[3/0]", 1},
		{"of two clones the one with the newest head counts, read first", "b x", []metrics.Batch{
			committed(60, walked(1, 0, 0, 2, 100, "b")), committed(50, walked(3, 0, 0, 1, 200, "x")),
		}, "[1/0 1/1]", 2},
		{"of two clones the one with the newest head counts, read last", "b x", []metrics.Batch{
			committed(60, walked(1, 0, 0, 2, 300, "b")), committed(50, walked(3, 0, 0, 1, 200, "x")),
		}, "[1/0 1/1]", 2},
		{"a head that no clone has any more does not count, however new", "b x", []metrics.Batch{
			committed(40, walked(1, 0, 0, 2, 100, "b")), committed(60, walked(2, 1, 2, 1, 200, "c")), committed(50, walked(3, 0, 0, 1, 150, "x")),
		}, "[3/0]", 1},
		{"walks that lead to each other", "b", []metrics.Batch{
			walked(1, 2, 0, 2, 100, "b"), walked(2, 1, 2, 1, 100, "c"),
		}, "[]", 0},
		{"an empty walk of an empty repository", "", []metrics.Batch{walked(1, 0, 0, 0, 100, "")}, "[]", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := metrics.RepoID(i + 1)
			seen := metrics.Batch{Repos: []metrics.Repo{{ID: id}}}
			for _, head := range strings.Fields(c.head) {
				seen.Readings = append(seen.Readings, metrics.Reading{Source: "git in " + head, Repo: id, At: 400, Complete: true, Head: oid(head)})
			}
			write(t, db, seen)
			for _, b := range c.walk {
				write(t, db, of(id, b))
			}
			h := histories(t, db, id)[0]
			commits, changes, side := []string{}, []string{}, []string{}
			for _, x := range h.Commits {
				commits = append(commits, name(x.OID))
			}
			for _, x := range h.Changes {
				changes = append(changes, name(x.Blob))
			}
			for _, x := range h.Side {
				side = append(side, name(x.Blob))
			}
			for what, got := range map[string][]string{"commits": commits, "changes": changes, "side changes": side} {
				if fmt.Sprint(got) != c.want {
					t.Errorf("%s: got %v, want %s", what, got, c.want)
				}
			}
			for _, w := range h.Walks {
				if want := []string{fmt.Sprint("set", w.ID%2)}; !cmp.Equal(w.Watch, want) {
					t.Errorf("walk %d: got watched %v, want %v", w.ID, w.Watch, want)
				}
			}
			lasts, err := db.Lasts(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if got := lasts.Of("git", id).Next; got != c.next {
				t.Errorf("next position: got %d, want %d", got, c.next)
			}
		})
	}
}

// name is the name that oid was given.
func name(id metrics.OID) string {
	for i := range id {
		if id[i] == 0xff {
			return string(id[:i])
		}
	}
	return string(id)
}

func TestHistoriesTakeTheNewestRowOfARepository(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{Repos: []metrics.Repo{
		{ID: 1, Name: "github.com/acme/new", Source: "git", Seen: 200, Topics: []string{"b"}},
		{ID: 1, Name: "github.com/acme/old", Source: "git", Seen: 100, Properties: map[string]string{"a": "1"}},
		{ID: 2, Name: "github.com/acme/two", Source: "git", Seen: 100, Properties: map[string]string{"b": "2"}},
	}})
	got := histories(t, db, 2, 1)
	want := []metrics.Repo{
		{ID: 2, Name: "github.com/acme/two", Source: "git", Seen: 100, Topics: []string{}, Properties: map[string]string{"b": "2"}, Languages: []string{}},
		{ID: 1, Name: "github.com/acme/new", Source: "git", Seen: 200, Topics: []string{"b"}, Properties: map[string]string{}, Languages: []string{}},
	}
	if diff := cmp.Diff([]metrics.Repo{got[0].Repo, got[1].Repo}, want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
}

func TestHistoriesOfManyRepositories(t *testing.T) {
	db := openStore(t)
	var batch metrics.Batch
	var ids []metrics.RepoID
	for i := range metrics.RepoID(2500) {
		id := 1_000_000 - i
		ids = append(ids, id)
		batch.Repos = append(batch.Repos, metrics.Repo{ID: id})
		commits := uint32(1)
		if i%500 == 0 {
			commits = 150_000 // two of these are as much as is read at once
		}
		batch.Walks = append(batch.Walks, metrics.Walk{ID: metrics.WalkID(id), Repo: id, Commits: commits})
		batch.Commits = append(batch.Commits, metrics.Commit{Repo: id, Walk: metrics.WalkID(id), OID: oid("c")})
	}
	write(t, db, batch)
	got := histories(t, db, ids...)
	if len(got) != len(ids) {
		t.Fatalf("got %d histories, want %d", len(got), len(ids))
	}
	for i, h := range got {
		if h.Repo.ID != ids[i] || len(h.Commits) != 1 || len(h.Walks) != 1 {
			t.Fatalf("history %d is %+v, want the one of repository %d with its commit", i, h, ids[i])
		}
	}
}

func TestHistoriesEndWithTheLoop(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{Repos: []metrics.Repo{{ID: 1}, {ID: 2}}})
	for h, err := range db.Histories(t.Context(), []metrics.RepoID{1, 2}) {
		if err != nil || h.Repo.ID != 1 {
			t.Errorf("got %v, %v, want repository 1", h, err)
		}
		break
	}
}

// A reading is written as a letter: c for complete, f for forbidden, u for unreadable.
func TestHistoriesGiveReadingsWhereTheyTurn(t *testing.T) {
	db := openStore(t)
	for i, c := range []struct{ written, want string }{
		{"", ""},
		{"c", "c"},
		{"ccc", "cc"},
		{"cccfffc", "ccffc"},
		{"cfcfc", "cfcfc"},
		{"ffuu", "ffuu"},
		{"cuuuuf", "cuuf"},
	} {
		t.Run(c.written, func(t *testing.T) {
			first, second := metrics.RepoID(2*i+1), metrics.RepoID(2*i+2)
			reasons := map[rune]metrics.Reason{'f': metrics.ReasonForbidden, 'u': metrics.ReasonUnreadable}
			b := metrics.Batch{Repos: []metrics.Repo{{ID: first}, {ID: second}}}
			for i, r := range c.written {
				for _, id := range []metrics.RepoID{first, second} {
					b.Readings = append(b.Readings, metrics.Reading{
						Repo: id, Source: "git", At: metrics.Instant(100 * (i + 1)), Complete: r == 'c', Reason: reasons[r],
					})
				}
			}
			write(t, db, b)
			for _, h := range histories(t, db, first, second) {
				got := ""
				for _, r := range h.Readings {
					letter := 'c'
					for l, reason := range reasons {
						if r.Reason == reason {
							letter = l
						}
					}
					got += string(letter)
				}
				if got != c.want {
					t.Errorf("repository %d: got %q, want %q", h.Repo.ID, got, c.want)
				}
			}
		})
	}
}

func TestLastsKnowTheNewestReadingOfEachSource(t *testing.T) {
	db := openStore(t)
	write(t, db, metrics.Batch{Readings: []metrics.Reading{
		{Repo: 1, Source: "git", At: 100, Complete: true, Head: oid("a"), Watched: 1, Names: 2},
		{Repo: 1, Source: "git", At: 200, Reason: metrics.ReasonForbidden, Detail: odd, Head: oid("b"), Watched: 3, Names: 4},
		{Repo: 1, Source: "other", At: 300, Complete: true},
		{Repo: 2, Source: "git", At: 50, Complete: true},
	}})
	for _, repos := range [][]metrics.RepoID{nil, {1, 2}} {
		lasts, err := db.Lasts(t.Context(), repos...)
		if err != nil {
			t.Fatal(err)
		}
		want := clickhouse.Last{Reading: metrics.Reading{
			Repo: 1, Source: "git", At: 200, Reason: metrics.ReasonForbidden, Detail: odd, Head: oid("b"), Watched: 3, Names: 4,
		}}
		if diff := cmp.Diff(lasts.Of("git", 1), want); diff != "" {
			t.Error("-got +want\n" + diff)
		}
		if got := lasts.Of("git", 3); !cmp.Equal(got, clickhouse.Last{}) {
			t.Errorf("never read: got %v, want nothing", got)
		}
	}
}
