package clickhouse_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// TestLinks keeps of each link the newest check, in whatever order they are written.
func TestLinks(t *testing.T) {
	db := clickhousetest.OpenMigrated(t)
	dead := metrics.Link{URL: "https://acme.dev/a", Answers: metrics.No, Status: 404, Checked: 300, Since: 100, Failed: 100}
	alive := metrics.Link{URL: "https://acme.dev/b", Answers: metrics.Yes, Status: 200, Checked: 200, Since: 100}
	older := metrics.Link{URL: dead.URL, Answers: metrics.Maybe, Checked: 100, Since: 100, Failed: 100}
	for _, list := range [][]metrics.Link{{alive, dead}, {older}, nil} {
		if err := db.WriteLinks(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Links(t.Context())
	if diff := cmp.Diff(got, []metrics.Link{dead, alive}); err != nil || diff != "" {
		t.Errorf("%v -got +want\n%s", err, diff)
	}
}

// TestLinksTold finds the links of what catalogs and files say now, and of nothing else.
func TestLinksTold(t *testing.T) {
	db := clickhousetest.OpenMigrated(t)
	field := func(name string, unresolved bool, values ...string) metrics.EntityField {
		return metrics.EntityField{Name: name, Values: values, Unresolved: unresolved}
	}
	shot := func(source, name string, seen metrics.Instant, fields ...metrics.EntityField) metrics.Snapshot {
		ref := metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}
		return metrics.Snapshot{
			Entity: metrics.Entity{Source: source, Ref: ref, Seen: seen, Fields: fields},
			Since:  make([]metrics.Instant, len(fields)), By: make([]metrics.Editor, len(fields)),
		}
	}
	gone := shot("backstage", "gone", 2)
	gone.Gone = true
	told := metrics.Batch{Snapshots: []metrics.Snapshot{
		shot("backstage", "pay", 1, field("links", false, "before")), shot("backstage", "pay", 2, field("links", false, "a", "b"), field("title", false, "title")),
		shot("backstage", "cart", 1, field("links", false, "b")), shot("backstage", "made", 1, field("links", true, "unresolved")),
		shot("backstage", "gone", 1, field("links", false, "gone")), gone, shot("retired", "pay", 1, field("links", false, "retired")),
	}}
	file := metrics.Described{Repo: 1, Entity: shot(metrics.DescribedSource, "pay", 1, field("links", false, "c")).Entity, Lines: []int{1}, Confirmed: []metrics.Instant{0}}
	old := file
	old.Repo = 2 // in no conclusion that is in force
	err := errors.Join(db.Write(t.Context(), &told), db.WriteConclusions(t.Context(), 1, &clickhouse.Conclusions{Described: []metrics.Described{file, old}}),
		db.Publish(t.Context(), 1, 0, []clickhouse.Mark{{Repo: 1, Generation: 1}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		sources []string
		want    []string
	}{{[]string{"backstage", "port"}, []string{"a", "b", "c"}}, {nil, []string{"c"}}} {
		got, err := db.LinksTold(t.Context(), test.sources)
		if diff := cmp.Diff(got, test.want); err != nil || diff != "" {
			t.Errorf("%q: %v -got +want\n%s", test.sources, err, diff)
		}
	}
}
