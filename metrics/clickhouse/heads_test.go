package clickhouse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// sees is a reading of a head: by a host that shows no history, and looks at the files that walks of odd numbers do.
func sees(source string, at metrics.Instant, head string) metrics.Reading {
	r := metrics.Reading{Source: source, Repo: 1, At: at, Complete: true, Head: oid(head)}
	if strings.HasPrefix(source, "github") {
		r.Files, r.Watched = 9, 1
	}
	return r
}

// ending dates the commits of a walk, and gives its last one the object id of its head.
func ending(at metrics.Instant, b metrics.Batch) metrics.Batch {
	b = committed(at, b)
	b.Commits[len(b.Commits)-1].OID = b.Walks[0].Head
	return b
}

// TestHeadsChooseTheHistory has a clone and a host of one repository, of which one may be configured no more.
func TestHeadsChooseTheHistory(t *testing.T) {
	long := ending(60, walked(1, 0, 0, 4, 100, "d")) // its commits are 1/0, 1/1, 1/2 and d
	back := ending(40, walked(3, 0, 0, 2, 200, "b"))
	on := walked(5, 1, 2, 1, 300, "x") // goes on from the second commit of long
	on.Walks[0].Base = oid("1/1")
	for _, c := range []struct {
		name     string
		readings []metrics.Reading
		walks    []metrics.Batch
		without  string
		want     string
	}{
		{"a clone that is set back behind its host", []metrics.Reading{sees("git", 200, "b"), sees("github", 150, "d")},
			[]metrics.Batch{long, back}, "", "[1/0 1/1 1/2 d]"},
		{"behind a host that looks at other files", []metrics.Reading{sees("git", 200, "b"), sees("github", 150, "d")},
			[]metrics.Batch{ending(60, walked(2, 0, 0, 4, 100, "d")), back}, "", "[3/0 b]"},
		{"and its host with it", []metrics.Reading{sees("git", 200, "b"), sees("github", 150, "d"), sees("github", 250, "b")},
			[]metrics.Batch{long, back}, "", "[3/0 b]"},
		{"a clone that is ahead of its host", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "1/1")},
			[]metrics.Batch{long}, "", "[1/0 1/1 1/2 d]"},
		{"and was taken out", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "1/1")},
			[]metrics.Batch{long}, "git", "[1/0 1/1]"},
		{"and another clone has gone on from there", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "1/1"), sees("git2", 300, "x")},
			[]metrics.Batch{long, on}, "git", "[1/0 1/1 5/2]"},
		{"the host has gone on to what no walk has", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "1/1"), sees("github", 350, "y")},
			[]metrics.Batch{long}, "git", "[1/0 1/1]"},
		{"and back to what it had before", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "1/2"), sees("github", 350, "1/0")},
			[]metrics.Batch{long}, "git", "[1/0]"},
		{"the host never had any of it", []metrics.Reading{sees("git", 100, "d"), sees("github", 150, "y")},
			[]metrics.Batch{long}, "git", "[1/0 1/1 1/2 d]"},
		{"nobody else has read it", []metrics.Reading{sees("git", 100, "d"), {Source: "github", Repo: 1, At: 150, Reason: metrics.ReasonForbidden}},
			[]metrics.Batch{long}, "git", "[1/0 1/1 1/2 d]"},
		{"the host was taken out", []metrics.Reading{sees("git", 200, "b"), sees("github", 150, "d")},
			[]metrics.Batch{long, back}, "github", "[3/0 b]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			seen := metrics.Batch{Readings: c.readings}
			for _, r := range c.readings {
				seen.Repos = append(seen.Repos, metrics.Repo{ID: 1, Source: r.Source, Seen: r.At})
			}
			for _, b := range append(c.walks, seen) {
				write(t, db, b)
			}
			retire(t, db, c.without)
			h := histories(t, db, 1)[0]
			got := []string{}
			for _, x := range h.Commits {
				got = append(got, name(x.OID))
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
			if len(h.Changes) != len(got) || len(h.Side) != len(got) {
				t.Errorf("got %d changes and %d on sides, want one a commit", len(h.Changes), len(h.Side))
			}
			lasts, err := db.Lasts(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			last := lasts.Of("git", 1)
			if int(last.Next) != len(got) || name(last.Walk.Head) != strings.Trim(got[len(got)-1], "]") && last.Walk.ID != 5 {
				t.Errorf("the next walk goes on from %s at %d, want the end of %v", name(last.Walk.Head), last.Next, got)
			}
		})
	}
}
