package collectors_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// kept is a round as the next run has it.
func kept(t *testing.T, r *collectors.Round) *collectors.Round {
	t.Helper()
	text, err := json.Marshal(collectors.Unfinished{Round: r})
	if err != nil {
		t.Fatal(err)
	}
	var u collectors.Unfinished
	if err := json.Unmarshal(text, &u); err != nil {
		t.Fatal(err)
	}
	return u.Round
}

// TestRound leaves repositories open from run to run.
func TestRound(t *testing.T) {
	r := &collectors.Round{}
	r.Leave(1, collectors.Stand{Files: true, Parts: 5, Note: json.RawMessage(`{"a":1}`)})
	r.Leave(2, collectors.Stand{})
	r.Leave(3, collectors.Stand{})
	r.Leave(4, collectors.Stand{Files: true})
	r = kept(t, r)
	had := func(id metrics.RepoID, whole bool, at metrics.Instant) collectors.Had {
		return collectors.Had{Repo: metrics.Repo{ID: id}, Last: collectors.Last{Reading: metrics.Reading{Complete: whole, At: at}}}
	}
	var order []metrics.RepoID
	for _, h := range r.Resume([]collectors.Had{had(1, true, 30), had(2, false, 40), had(4, true, 20), had(5, false, 10)}) {
		order = append(order, h.ID)
	}
	if want := []metrics.RepoID{2, 4, 1}; !slices.Equal(order, want) { // 5 is not open, and 3 is not there any more
		t.Errorf("gone on with are %v, want %v: what was never read first, then what was read longest ago", order, want)
	}
	if stand, open := r.Of(1); !open || !stand.Files || stand.Parts != 5 || string(stand.Note) != `{"a":1}` {
		t.Errorf("of the first is known %+v, %t", stand, open)
	}
	if !r.Over() {
		t.Error("what is gone on with is open only if it is left again")
	}
	r.Close(1)
	r.Leave(2, collectors.Stand{Files: true})
	if _, open := r.Of(1); open || r.Over() {
		t.Errorf("one is closed %t, one is open %t", !open, !r.Over())
	}
	var none *collectors.Round
	none.Leave(1, collectors.Stand{})
	none.Save("x", 1)
	if _, open := none.Of(1); open || !none.Over() || !none.Empty() || none.Load("x", new(int)) {
		t.Error("no round keeps something")
	}
}

// TestTake breaks off a step of several questions, and goes on with it.
func TestTake(t *testing.T) {
	type pages struct{ Told []metrics.OID }
	oid, err := metrics.ParseOID(strings.Repeat("fe", 20))
	if err != nil {
		t.Fatal(err)
	}
	r := &collectors.Round{}
	for run, budget := range []int{2, 0, 1, 9} {
		err := collectors.Take(r, "pages", func(at *pages) error {
			for len(at.Told) < 5 {
				if budget--; budget < 0 {
					return fmt.Errorf("page %d: %w", len(at.Told), collectors.ErrSpent)
				}
				at.Told = append(at.Told, oid)
			}
			return nil
		})
		if over := err == nil; over != (run == 3) || over != r.Empty() {
			t.Errorf("run %d ends with %v, and keeps something: %t", run, err, !r.Empty())
		}
		r = kept(t, r)
		var at pages
		if r.Load("pages", &at); run < 3 && !cmp.Equal(at.Told, slices.Repeat([]metrics.OID{oid}, []int{2, 2, 3}[run])) {
			t.Errorf("run %d keeps %q", run, at.Told)
		}
	}
	if err := collectors.Take(r, "fails", func(*pages) error { return errors.New("broken") }); err == nil || !r.Empty() {
		t.Errorf("got %v; what failed is begun anew", err)
	}
}

// thrifty is a source with a least budget.
type thrifty struct {
	moving
	name  string
	least int
}

func (s *thrifty) Name() string { return s.name }
func (s *thrifty) Least() int   { return s.least }

func TestCheckBudget(t *testing.T) {
	sources := []collectors.Source{&thrifty{name: "hub", least: 3}, &moving{}, &thrifty{name: "lab", least: 5}}
	for budget, fits := range map[int]bool{0: true, 1: false, 7: false, 8: true, 100: true} {
		if err := collectors.CheckBudget(budget, sources); (err == nil) != fits || !fits && !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("a budget of %d: %v", budget, err)
		}
	}
	if err := collectors.CheckBudget(2, sources); !strings.Contains(err.Error(), "the least is 8 requests: 3 for hub, 5 for lab") {
		t.Errorf("it says %v", err)
	}
}

// TestTurns reads sources first that lack something, and of these the one that was finished longest ago.
func TestTurns(t *testing.T) {
	row := func(source string, at metrics.Instant, mark string) metrics.Listing {
		return metrics.Listing{Source: source, At: at, Full: true, Whole: true, Repos: 1, Mark: mark}
	}
	for _, c := range []struct {
		name string
		rows []metrics.Listing
		want []string
	}{
		{"nothing is known", nil, []string{"a", "b", "c"}},
		{"one was never listed", []metrics.Listing{row("a", 5, "x"), row("c", 5, "x")}, []string{"b", "a", "c"}},
		{"one lacks something", []metrics.Listing{row("a", 5, "x"), row("b", 5, "x"), row("c", 4, "x"), row("c", 5, "unfinished x")}, []string{"c", "a", "b"}},
		{"two do", []metrics.Listing{row("a", 9, "unfinished x"), row("a", 4, "x"), row("b", 5, "x"), row("c", 3, "x"), row("c", 9, "unfinished x")}, []string{"c", "a", "b"}},
		{"two do, one of which was the first", []metrics.Listing{row("a", 9, "unfinished first 8 x"), row("b", 9, "unfinished x"), row("c", 9, "x")}, []string{"b", "a", "c"}},
		{"all do", []metrics.Listing{row("a", 9, "unfinished first 8 x"), row("b", 9, "unfinished first 9 x"), row("c", 9, "unfinished first 7 x")}, []string{"c", "a", "b"}},
		{"nothing is known of one", []metrics.Listing{row("a", 9, "unfinished first 8 x"), row("b", 9, "unfinished first 9 x")}, []string{"c", "a", "b"}},
		{"one had no turn", []metrics.Listing{row("a", 9, "x"), row("b", 9, "x"), row("c", 3, "x")}, []string{"c", "a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			var sources []collectors.Source
			for _, name := range []string{"a", "b", "c"} {
				sources = append(sources, &thrifty{name: name, moving: moving{list: func(known *collectors.Known, _ func(metrics.Repo, error) bool) {
					if got = append(got, name); strings.HasPrefix(known.Mark, "unfinished") {
						t.Errorf("the mark is %q", known.Mark)
					}
					known.End("x", false)
				}}})
			}
			store := newShelf()
			store.listings = c.rows
			o := options(store, sources[0])
			o.Sources = sources
			if _, err := collectors.Run(context.Background(), o); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("listed are %v, %v, want %v", got, err, c.want)
			}
		})
	}
}
