package clickhouse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/metrics"
)

func TestLastsKnowReleases(t *testing.T) {
	db := openStore(t)
	tag := func(name, object string, seen metrics.Instant, source string) metrics.Release {
		r := metrics.Release{Repo: 1, Tag: name, At: 50, Source: source, Seen: seen}
		if object != "" {
			r.Object, r.Commit = oid(object), oid("commit of "+object)
		}
		return r
	}
	odd := metrics.Release{Repo: 1, Tag: odd, Object: oid("o"), At: metrics.Forever, Source: "git", Seen: 100}
	for range 2 { // writing twice changes nothing
		write(t, db, metrics.Batch{Releases: []metrics.Release{
			odd, tag("v1", "a", 100, "git"), tag("v2", "b", 100, "git"), tag("v3", "c", 100, "git"), tag("v1", "z", 100, "other"),
		}})
		write(t, db, metrics.Batch{Releases: []metrics.Release{tag("v2", "moved", 200, "git"), tag("v3", "", 200, "git")}})
	}
	write(t, db, metrics.Batch{Releases: []metrics.Release{tag("v3", "late", 150, "git")}}) // of a reading that was overtaken
	all, err := db.Lasts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	some, err := db.Lasts(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want []metrics.Release
	}{
		{"of a source", all.Of("git", 1).Releases, []metrics.Release{odd, tag("v1", "a", 100, "git"), tag("v2", "moved", 200, "git")}},
		{"of another", all.Of("other", 1).Releases, []metrics.Release{tag("v1", "z", 100, "other")}},
		{"of nobody", all.Of("nobody", 1).Releases, nil},
		{"of a repository that was not asked for", some.Of("git", 1).Releases, nil},
	} {
		if diff := cmp.Diff(c.got, c.want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, -got +want\n%s", c.name, diff)
		}
	}
}
