package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// batched is a fake that reads several repositories at once.
type batched struct {
	fake
	chunk int
	read  func(ctx context.Context, jobs []collectors.Job, out collectors.Sink, yield func(collectors.Outcome) bool)

	mu    sync.Mutex
	sizes []int
}

func (b *batched) Chunk() int { return b.chunk }

func (b *batched) ReadAll(ctx context.Context, jobs []collectors.Job, out collectors.Sink) iter.Seq[collectors.Outcome] {
	b.mu.Lock()
	b.sizes = append(b.sizes, len(jobs))
	b.mu.Unlock()
	return func(yield func(collectors.Outcome) bool) { b.read(ctx, jobs, out, yield) }
}

func newBatched(repos, chunk int) *batched {
	b := &batched{chunk: chunk}
	for i := range repos {
		b.add(fmt.Sprint("r", i), nil)
	}
	b.read = func(_ context.Context, jobs []collectors.Job, _ collectors.Sink, yield func(collectors.Outcome) bool) {
		for _, j := range jobs {
			if !yield(collectors.Outcome{Repo: j.Repo.ID, Done: collectors.Done{Changes: 1}}) {
				return
			}
		}
	}
	return b
}

func TestChunksHoldAllThereIs(t *testing.T) {
	source := newBatched(25, 10)
	got, err := collectors.Run(context.Background(), options(newShelf(), source))
	slices.Sort(source.sizes)
	if err != nil || got.Repos != 25 || got.Changes != 25 || !slices.Equal(source.sizes, []int{5, 10, 10}) {
		t.Errorf("run came to %+v, %v, in chunks of %v", got, err, source.sizes)
	}
}

// TestChunksThatFail has a chunk of four end in different ways. The first of them is read in any case.
func TestChunksThatFail(t *testing.T) {
	tests := []struct {
		name    string
		then    func(yield func(collectors.Outcome) bool, rest []collectors.Job)
		unknown int
		left    int
		detail  string
	}{
		{"an error of one", func(yield func(collectors.Outcome) bool, rest []collectors.Job) {
			yield(collectors.Outcome{Repo: rest[0].Repo.ID, Err: errors.New("broken")})
			yield(collectors.Outcome{Repo: rest[1].Repo.ID})
			yield(collectors.Outcome{Repo: rest[2].Repo.ID})
		}, 1, 0, "broken"},
		{"nothing is said of the others", func(func(collectors.Outcome) bool, []collectors.Job) {}, 3, 0, "did not say"},
		{"a panic", func(func(collectors.Outcome) bool, []collectors.Job) { panic("oh") }, 3, 0, "panic: oh"},
		{"the budget is spent", func(yield func(collectors.Outcome) bool, rest []collectors.Job) {
			for _, j := range rest {
				yield(collectors.Outcome{Repo: j.Repo.ID, Err: fmt.Errorf("ask: %w", collectors.ErrSpent)})
			}
		}, 0, 3, ""},
		{"something that nobody asked for", func(yield func(collectors.Outcome) bool, rest []collectors.Job) {
			yield(collectors.Outcome{Repo: 99})
			for _, j := range rest {
				yield(collectors.Outcome{Repo: j.Repo.ID})
			}
		}, 0, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source, store := newBatched(4, 10), newShelf()
			source.read = func(_ context.Context, jobs []collectors.Job, _ collectors.Sink, yield func(collectors.Outcome) bool) {
				yield(collectors.Outcome{Repo: jobs[0].Repo.ID})
				test.then(yield, jobs[1:])
			}
			got, err := collectors.Run(context.Background(), options(store, source))
			if err != nil || got.Unknown != test.unknown || got.Left != test.left || got.Repos != 4-test.left || len(store.readings) != test.unknown+test.left {
				t.Errorf("run came to %+v, %v", got, err)
			}
			for _, p := range got.Problems {
				if !strings.Contains(p.Detail, test.detail) {
					t.Errorf("a problem is %+v, want %q", p, test.detail)
				}
			}
			if cut := len(got.Partial) == 1; cut != (test.left > 0) || cut == (len(store.listings) == 1) {
				t.Errorf("partial are %v, listings %v", got.Partial, store.listings)
			}
		})
	}
}

// TestBlobsOfAChunkAreClaimedOnce lets all of a chunk want the same.
func TestBlobsOfAChunkAreClaimedOnce(t *testing.T) {
	source, store := newBatched(20, 5), newShelf()
	var mu sync.Mutex
	brought := 0
	source.read = func(ctx context.Context, jobs []collectors.Job, out collectors.Sink, yield func(collectors.Outcome) bool) {
		var wanted []metrics.OID
		for range jobs {
			wanted = append(wanted, "same")
		}
		read, err := bring(ctx, out, metrics.BlobRead, wanted...)
		mu.Lock()
		brought += len(read)
		mu.Unlock()
		for _, j := range jobs {
			yield(collectors.Outcome{Repo: j.Repo.ID, Err: err})
		}
	}
	if got, err := collectors.Run(context.Background(), options(store, source)); err != nil || got.Unknown > 0 || brought != 1 {
		t.Errorf("run came to %+v, %v, and the blob was read %d times", got, err, brought)
	}
}

// moving is a fake that lists what is new since a mark.
type moving struct {
	fake
	list func(known *collectors.Known, yield func(metrics.Repo, error) bool)
}

func (m *moving) Repos(_ context.Context, known *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) { m.list(known, yield) }
}

func named(name string) metrics.Repo {
	return metrics.Repo{Name: name, Source: "fake", Seen: 1700000000}
}

func TestMarks(t *testing.T) {
	whole := func(mark string) func(*collectors.Known, func(metrics.Repo, error) bool) {
		return func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
			for i := range 10 {
				yield(named(fmt.Sprint(i)), nil)
			}
			known.End(mark, true)
		}
	}
	news := func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
		yield(named("1"), nil)
		known.End(known.Mark+"+", false)
	}
	at := metrics.Instant(1700000000)
	tests := []struct {
		name   string
		before []metrics.Listing
		list   func(*collectors.Known, func(metrics.Repo, error) bool)
		read   error
		set    func(*collectors.Options)
		want   []metrics.Listing
	}{
		{"a whole list", nil, whole("a"), nil, nil, []metrics.Listing{{Source: "fake", At: at, Full: true, Whole: true, Repos: 10, Mark: "a"}}},
		{"news", []metrics.Listing{{Source: "fake", At: 5, Mark: "a"}, {Source: "fake", At: 4, Mark: "old"}}, news, nil, nil,
			[]metrics.Listing{{Source: "fake", At: at, Repos: 1, Mark: "a+"}}},
		{"a full run forgets the mark", []metrics.Listing{{Source: "fake", At: 5, Mark: "a"}}, news, nil, func(o *collectors.Options) { o.Full = true },
			[]metrics.Listing{{Source: "fake", At: at, Repos: 1, Mark: "+"}}},
		{"another part has another mark", []metrics.Listing{{Source: "fake", At: 5, Mark: "a"}, {Source: "fake", Shard: 2, Shards: 2, At: 4, Mark: "b"}}, news, nil,
			func(o *collectors.Options) { o.Shard = collectors.Shard{Index: 2, Count: 2} }, []metrics.Listing{{Source: "fake", Shard: 2, Shards: 2, At: at, Repos: 1, Mark: "b+"}}},
		{"a whole list of a part", nil, whole("a"), nil, func(o *collectors.Options) { o.Shard = collectors.Shard{Index: 1, Count: 2} },
			[]metrics.Listing{{Source: "fake", Shard: 1, Shards: 2, At: at, Full: true, Whole: true, Repos: 2, Others: 8, Mark: "a"}}},
		{"another source has another mark", []metrics.Listing{{Source: "other", At: 5, Mark: "a"}}, news, nil, nil, []metrics.Listing{{Source: "fake", At: at, Repos: 1, Mark: "+"}}},
		{"one that cannot be read is noted", nil, whole("a"), errors.New("broken"), nil, []metrics.Listing{{Source: "fake", At: at, Full: true, Whole: true, Repos: 10, Mark: "a"}}},
		{"the budget is spent", nil, whole("a"), collectors.ErrSpent, nil, nil},
		{"the list is cut off", nil, func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
			whole("a")(known, yield)
			yield(metrics.Repo{}, errors.New("cut"))
		}, nil, nil, nil},
		{"the list panics", nil, func(known *collectors.Known, yield func(metrics.Repo, error) bool) { panic("oh") }, nil, nil, nil},
		{"a source that says nothing of it", nil, func(_ *collectors.Known, yield func(metrics.Repo, error) bool) { yield(named("1"), nil) }, nil, nil,
			[]metrics.Listing{{Source: "fake", At: at, Full: true, Whole: true, Repos: 1}}},
		{"an empty list", nil, func(known *collectors.Known, _ func(metrics.Repo, error) bool) { known.End("a", true) }, nil, nil,
			[]metrics.Listing{{Source: "fake", At: at, Full: true, Mark: "a"}}},
		{"a shorter list", []metrics.Listing{{Source: "fake", At: 5, Full: true, Whole: true, Repos: 13}}, whole("a"), nil, nil, []metrics.Listing{{Source: "fake", At: at, Full: true, Repos: 10}}},
		{"a little shorter", []metrics.Listing{{Source: "fake", At: 5, Full: true, Whole: true, Repos: 12}}, whole("a"), nil, nil, []metrics.Listing{{Source: "fake", At: at, Full: true, Whole: true, Repos: 10, Mark: "a"}}},
		{"as short again", []metrics.Listing{{Source: "fake", At: 5, Full: true, Whole: true, Repos: 13}, {Source: "fake", At: 6, Full: true, Repos: 10}}, whole("a"), nil, nil,
			[]metrics.Listing{{Source: "fake", At: at, Full: true, Whole: true, Repos: 10, Mark: "a"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := &moving{list: test.list}
			source.fake.read = map[string]func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error){}
			for i := range 10 {
				source.fake.read[fmt.Sprint(i)] = func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
					return collectors.Done{}, test.read
				}
			}
			store := newShelf()
			store.listings = slices.Clone(test.before)
			o := options(store, source)
			if test.set != nil {
				test.set(&o)
			}
			for name := range source.fake.read { // news of a part are in it
				if o.Shard.Index > 1 && o.Shard.Holds(metrics.NewRepoID(name)) {
					source.list = func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
						yield(named(name), nil)
						known.End(known.Mark+"+", false)
					}
				}
			}
			if _, err := collectors.Run(context.Background(), o); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(store.listings[len(test.before):], test.want, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// TestNoMarkOfARunThatWasCutOff ends a run by its context and by its store.
func TestNoMarkOfARunThatWasCutOff(t *testing.T) {
	for _, how := range []string{"context", "store"} {
		t.Run(how, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			store := newShelf()
			source := newBatched(3, 1)
			source.read = func(ctx context.Context, jobs []collectors.Job, out collectors.Sink, yield func(collectors.Outcome) bool) {
				if how == "context" {
					cancel()
				}
				store.mu.Lock()
				store.full = map[string]error{"store": errors.New("disk full")}[how]
				store.mu.Unlock()
				yield(collectors.Outcome{Repo: jobs[0].Repo.ID, Err: out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x"}}})})
			}
			if _, err := collectors.Run(ctx, options(store, source)); err == nil || len(store.listings) != 0 {
				t.Errorf("run ended with %v and listings %v", err, store.listings)
			}
		})
	}
}

// TestListingsBrokenOff spends the budget in the middle of a list and goes on with it: the parts count as one list, in
// which what was in none of them is gone, and what was in the first is not.
func TestListingsBrokenOff(t *testing.T) {
	store := newShelf()
	store.known = []metrics.Repo{{ID: 99, Name: "gone", Source: "fake", Seen: 1}}
	parts := [][]string{{"a", "b"}, {"c"}, {"d"}}
	now := time.Unix(1700000000, 0)
	for i, part := range parts {
		source := &moving{list: func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
			if want := fmt.Sprint("part ", i); i > 0 && known.Mark != want {
				t.Errorf("the mark is %q, want %q", known.Mark, want)
			}
			if i > 0 {
				known.Resume(1700000000)
			}
			known.Expect(4, 3)
			for _, name := range part {
				repo := named(name)
				repo.Seen = metrics.At(now)
				yield(repo, nil)
			}
			if i == len(parts)-1 {
				known.End("all", true)
				return
			}
			known.BreakOff(func() string { return fmt.Sprint("part ", i+1) })
			yield(metrics.Repo{}, fmt.Errorf("list: %w", collectors.ErrSpent))
		}}
		source.fake.read = map[string]func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error){}
		for _, name := range part {
			source.fake.read[name] = func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
				return collectors.Done{}, nil
			}
		}
		for _, name := range slices.Concat(parts[:i]...) {
			if at := metrics.NewRepoID(name); !slices.ContainsFunc(store.known, func(r metrics.Repo) bool { return r.ID == at }) {
				store.known = append(store.known, metrics.Repo{ID: at, Name: name, Source: "fake", Seen: metrics.At(now) - 100})
			}
		}
		o := options(store, source)
		o.Now = func() time.Time { return now }
		sum, err := collectors.Run(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if said := len(sum.Partial) > 0; said != (i < len(parts)-1) || said && !strings.HasSuffix(sum.Partial[0], fmt.Sprintf(": %d of 4 repositories are read; the next scan goes on with the list, in which %d are missing", i+2, 2-i)) {
			t.Errorf("part %d says %q", i, sum.Partial)
		}
		now = now.Add(100 * time.Second)
	}
	want := []metrics.Listing{
		{Source: "fake", At: 1700000000, Repos: 2, Mark: "unfinished part 1"}, {Source: "fake", At: 1700000100, Repos: 3, Mark: "unfinished part 2"},
		{Source: "fake", At: 1700000200, Repos: 4, Full: true, Whole: true, Mark: "all"},
	}
	if diff := cmp.Diff(store.listings, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	seen := map[string]metrics.Instant{}
	for _, repo := range store.repos {
		seen[repo.Name] = max(seen[repo.Name], repo.Seen)
	}
	for _, name := range []string{"a", "b", "c"} {
		if seen[name] != 1700000200 {
			t.Errorf("%s was seen at %d last, want at the end of the list", name, seen[name])
		}
	}
	if seen["gone"] > 1 {
		t.Error("the one that is gone was seen")
	}
}

// TestListingsNotBegun spends the budget before the list tells anything: its mark holds as it was, and it is first in line.
func TestListingsNotBegun(t *testing.T) {
	store := newShelf()
	store.listings = []metrics.Listing{{Source: "fake", At: 100, Repos: 4, Full: true, Whole: true, Mark: "m"}}
	source := &moving{list: func(known *collectors.Known, yield func(metrics.Repo, error) bool) {
		known.Expect(4, 1)
		yield(metrics.Repo{}, fmt.Errorf("list: %w", collectors.ErrSpent))
	}}
	sum, err := collectors.Run(context.Background(), options(store, source))
	if err != nil || len(sum.Partial) != 1 || !strings.HasSuffix(sum.Partial[0], ": 0 of 4 repositories are read; the next scan goes on with the list, in which 4 are missing") {
		t.Errorf("run ends with %v and says %q", err, sum.Partial)
	}
	want := metrics.Listing{Source: "fake", At: 1700000000, Mark: "unfinished m"}
	if diff := cmp.Diff(store.listings[1:], []metrics.Listing{want}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestKnownRepositories shows what a listing is told of the store, and that what is not among the news is there as it
// was.
func TestKnownRepositories(t *testing.T) {
	store := newShelf()
	store.listings = []metrics.Listing{{Source: "fake", At: 100, Full: true, Whole: true, Mark: "m"}}
	store.known = []metrics.Repo{
		{ID: 3, Name: "new", Source: "fake", Seen: 150, HostID: "h#3"}, {ID: 3, Name: "old", Source: "fake", Seen: 100, HostID: "h#3"},
		{ID: 4, Name: "gone", Source: "fake", Seen: 99}, {ID: 5, Name: "other", Source: "git", Seen: 200},
		{ID: 6, Name: "still", Source: "fake", Seen: 100},
	}
	store.last = map[metrics.RepoID]collectors.Last{3: {Reading: metrics.Reading{Complete: true}}}
	var got *collectors.Known
	source := &moving{list: func(known *collectors.Known, _ func(metrics.Repo, error) bool) {
		got = known
		known.End("n", false)
	}}
	sum, err := collectors.Run(context.Background(), options(store, source))
	if err != nil || sum.Repos != 2 || sum.Unchanged != 2 {
		t.Errorf("run came to %+v, %v", sum, err)
	}
	if got.Mark != "m" || len(got.Repos) != 2 || got.Repos[0].Name != "new" || !got.Repos[0].Last.Reading.Complete || got.Repos[1].Name != "still" {
		t.Errorf("known are %q, %+v", got.Mark, got.Repos)
	}
}

func TestIdentities(t *testing.T) {
	pay := metrics.NewRepoID("h/pay")
	row := func(id metrics.RepoID, name, source, host string, seen metrics.Instant) metrics.Repo {
		return metrics.Repo{ID: id, Name: name, Source: source, HostID: host, Seen: seen}
	}
	renamed := []metrics.Repo{row(pay, "h/payments", "fake", "h#1", 20), row(pay, "h/pay", "fake", "h#1", 10)}
	type listed struct{ name, host string }
	type found struct {
		id   metrics.RepoID
		name string
	}
	tests := []struct {
		name   string
		known  []metrics.Repo
		listed []listed
		want   []found
	}{
		{"a new one", nil, []listed{{"h/pay", "h#1"}}, []found{{pay, "h/pay"}}},
		{"a renamed one", renamed, []listed{{"h/cash", "h#1"}}, []found{{pay, "h/cash"}}},
		{"one that a clone knows by its old name", renamed, []listed{{"h/pay", ""}}, []found{{pay, "h/payments"}}},
		{"one that a clone knew before its host was asked", []metrics.Repo{row(pay, "h/pay", "git", "", 10)}, []listed{{"h/pay", "h#1"}}, []found{{pay, "h/pay"}}},
		{"one that a clone had under a name that moved on", []metrics.Repo{row(pay, "h/pay", "git", "", 10), row(pay, "h/payments", "git", "", 20)}, []listed{{"h/pay", ""}}, []found{{pay, "h/pay"}}},
		{"another one with an old name", renamed, []listed{{"h/pay", "h#2"}}, []found{{metrics.NewRepoID("h/pay#h#2"), "h/pay"}}},
		{"another one with the name of one that is gone", renamed[1:], []listed{{"h/pay", "h#2"}}, []found{{metrics.NewRepoID("h/pay#h#2"), "h/pay"}}},
		{"both at once", renamed[1:], []listed{{"h/pay", "h#2"}, {"h/payments", "h#1"}}, []found{{metrics.NewRepoID("h/pay#h#2"), "h/pay"}, {pay, "h/payments"}}},
		{"who has the name comes before who had it", append(slices.Clone(renamed), row(7, "h/pay", "fake", "h#2", 30)), []listed{{"h/pay", ""}}, []found{{7, "h/pay"}}},
		{"two names of one", renamed, []listed{{"h/payments", "h#1"}, {"h/pay", ""}}, []found{{pay, "h/payments"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := newShelf()
			store.known = test.known
			var got []found
			source := newBatched(0, 10)
			for _, l := range test.listed {
				source.repos = append(source.repos, metrics.Repo{Name: l.name, HostID: l.host, Source: "fake"})
			}
			source.read = func(_ context.Context, jobs []collectors.Job, _ collectors.Sink, yield func(collectors.Outcome) bool) {
				for _, j := range jobs {
					got = append(got, found{j.Repo.ID, j.Repo.Name})
					yield(collectors.Outcome{Repo: j.Repo.ID})
				}
			}
			if _, err := collectors.Run(context.Background(), options(store, source)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, test.want, cmp.AllowUnexported(found{})); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}
