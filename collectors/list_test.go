package collectors_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// TestHeldSourcesAreLast: what a host does not allow for now keeps nobody else waiting.
func TestHeldSourcesAreLast(t *testing.T) {
	for held, want := range map[string]string{"": "a b c", "a": "b c a", "a b": "c a b", "c": "a b c", "a b c": "a b c"} {
		var order []string
		var sources []collectors.Source
		for _, name := range []string{"a", "b", "c"} {
			sources = append(sources, &moving{fake: fake{name: name}, list: func(*collectors.Known, func(metrics.Repo, error) bool) { order = append(order, name) }})
		}
		o := options(newShelf(), sources...)
		o.Held = strings.Fields(held)
		if _, err := collectors.Run(context.Background(), o); err != nil || strings.Join(order, " ") != want {
			t.Errorf("where %q are held they are listed in the order %q (%v), want %s", held, order, err, want)
		}
	}
}

// TestArchivedForAWhile: where a source finds a repository not archived any more that it found archived before, it is written
// until when it was. What another source does not tell is no such end.
func TestArchivedForAWhile(t *testing.T) {
	row := func(source string, archived bool, at metrics.Instant) metrics.Repo {
		return metrics.Repo{ID: metrics.NewRepoID("a/b"), Name: "a/b", Source: source, Seen: at, Archived: archived, ArchivedAt: 50, LastPush: 20}
	}
	undated := row("fake", true, 100)
	undated.ArchivedAt = metrics.Beginning
	for name, test := range map[string]struct {
		before []metrics.Repo
		now    metrics.Repo
		want   []metrics.Archival
	}{
		"archived still":             {[]metrics.Repo{row("fake", true, 100)}, row("fake", true, 200), nil},
		"archived now":               {[]metrics.Repo{row("fake", false, 100)}, row("fake", true, 200), nil},
		"not any more":               {[]metrics.Repo{row("fake", true, 100)}, row("fake", false, 200), []metrics.Archival{{Repo: metrics.NewRepoID("a/b"), Source: "fake", Period: metrics.Period{From: 50, To: 200}}}},
		"of which nobody knows when": {[]metrics.Repo{undated}, row("fake", false, 200), []metrics.Archival{{Repo: metrics.NewRepoID("a/b"), Source: "fake", Period: metrics.Period{From: 20, To: 200}}}},
		"archived for another one":   {[]metrics.Repo{row("other", true, 100)}, row("fake", false, 200), nil},
	} {
		store := newShelf()
		store.known = test.before
		source := &fake{}
		source.add("a/b", well(collectors.Done{}))
		source.repos[0] = test.now
		if _, err := collectors.Run(context.Background(), options(store, source)); err != nil || !slices.Equal(store.archived, test.want) {
			t.Errorf("%s: got %v, %v, want %v", name, store.archived, err, test.want)
		}
	}
}

// TestMovedToAnotherSource: what another source lists since now is not missing from a list, however short that is. What both
// had all along may be hidden from one of them.
func TestMovedToAnotherSource(t *testing.T) {
	of := func(source string, names ...string) (list []metrics.Repo) {
		for _, name := range names {
			list = append(list, metrics.Repo{ID: metrics.NewRepoID(name), Name: name, HostID: "id of " + name, Source: source, Seen: 5})
		}
		return list
	}
	for name, test := range map[string]struct {
		had, now map[string][]string
		whole    string // the sources whose lists are believed
	}{
		"one of two":           {map[string][]string{"a": {"x", "y"}, "b": {"z"}}, map[string][]string{"a": {"x"}, "b": {"y", "z"}}, "a b"},
		"all":                  {map[string][]string{"a": {"x", "y"}, "b": {"z"}}, map[string][]string{"b": {"x", "y", "z"}}, "a b"},
		"both ways":            {map[string][]string{"a": {"x", "y"}, "b": {"z"}}, map[string][]string{"a": {"z"}, "b": {"x", "y"}}, "a b"},
		"one of two, one lost": {map[string][]string{"a": {"w", "x", "y"}, "b": {"z"}}, map[string][]string{"a": {"x"}, "b": {"y", "z"}}, "b"},
		"in both before":       {map[string][]string{"a": {"x", "y"}, "b": {"y", "z"}}, map[string][]string{"a": {"x"}, "b": {"y", "z"}}, "b"},
		"lost":                 {map[string][]string{"a": {"x", "y"}, "b": {"z"}}, map[string][]string{"a": {"x"}, "b": {"z"}}, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			store := newShelf()
			var sources []collectors.Source
			for _, source := range []string{"a", "b"} {
				f := &fake{name: source}
				for _, repo := range of(source, test.now[source]...) {
					f.add(repo.Name, well(collectors.Done{}))
					f.repos[len(f.repos)-1] = repo
				}
				sources = append(sources, f)
				store.known = append(store.known, of(source, test.had[source]...)...)
				store.listings = append(store.listings, metrics.Listing{Source: source, At: 5, Full: true, Whole: true, Repos: uint32(len(test.had[source]))})
			}
			before := len(store.listings)
			sum, err := collectors.Run(context.Background(), options(store, sources...))
			var whole []string
			for _, l := range store.listings[before:] {
				if l.Whole {
					whole = append(whole, l.Source)
				}
			}
			if err != nil || strings.Join(whole, " ") != test.whole || len(sum.Partial) != 2-len(whole) {
				t.Errorf("the lists of %v are believed, %q are not (%v), want %q", whole, sum.Partial, err, test.whole)
			}
		})
	}
}
