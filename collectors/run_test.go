package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// fake is a source whose repositories are functions.
type fake struct {
	name  string
	repos []metrics.Repo
	read  map[string]func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error)
	after error // of the listing
}

func (f *fake) add(name string, read func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error)) {
	f.repos = append(f.repos, metrics.Repo{ID: metrics.NewRepoID(name), Name: name, Source: f.Name(), Head: "head"})
	if f.read == nil {
		f.read = map[string]func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error){}
	}
	f.read[name] = read
}

func (f *fake) Name() string {
	if f.name == "" {
		return "fake"
	}
	return f.name
}

func (f *fake) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		for _, repo := range f.repos {
			if !yield(repo, nil) {
				return
			}
		}
		if f.after != nil {
			yield(metrics.Repo{}, f.after)
		}
	}
}

func (f *fake) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	return f.read[repo.Name](ctx, last, out)
}

// shelf is a store that keeps what a test looks at.
type shelf struct {
	mu       sync.Mutex
	readings map[metrics.RepoID]metrics.Reading
	repos    []metrics.Repo
	known    []metrics.Repo
	listings []metrics.Listing
	archived []metrics.Archival
	blobs    map[metrics.OID]metrics.BlobStatus
	writes   int
	asked    int
	last     map[metrics.RepoID]collectors.Last
	full     error // what Write fails with
	dumb     error // what Last fails with
	deaf     error // what Lacking fails with
}

func newShelf() *shelf {
	return &shelf{readings: map[metrics.RepoID]metrics.Reading{}, blobs: map[metrics.OID]metrics.BlobStatus{}}
}

func (s *shelf) Write(_ context.Context, b *metrics.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if s.full != nil {
		return s.full
	}
	for _, r := range b.Readings {
		s.readings[r.Repo] = r
	}
	s.repos = append(s.repos, b.Repos...)
	s.listings = append(s.listings, b.Listings...)
	s.archived = append(s.archived, b.Archivals...)
	for _, blob := range b.Blobs {
		s.blobs[blob.OID] = blob.Status
	}
	*b = metrics.Batch{}
	return nil
}

func (s *shelf) Lacking(_ context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked += len(blobs)
	var list []metrics.OID
	for _, oid := range blobs {
		if s.blobs[oid] != metrics.BlobRead {
			list = append(list, oid)
		}
	}
	slices.Reverse(list) // a store answers in its own order
	return list, s.deaf
}

func (s *shelf) Last(_ context.Context, source string, repo metrics.RepoID) (collectors.Last, error) {
	return s.last[repo], s.dumb
}

func (s *shelf) Repos(context.Context) ([]metrics.Repo, error) { return s.known, s.dumb }

func (s *shelf) Members(context.Context, string) ([]metrics.Membership, error) { return nil, nil }

func (s *shelf) Listings(context.Context) ([]metrics.Listing, error) { return s.listings, nil }

func options(store collectors.Store, sources ...collectors.Source) collectors.Options {
	return collectors.Options{
		Sources: sources, Store: store, Workers: 2, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	}
}

func well(done collectors.Done) func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
	return func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) { return done, nil }
}

func failing(err error) func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
	return func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
		return collectors.Done{Changes: 99}, err
	}
}

func TestRunSumsUp(t *testing.T) {
	warning := metrics.Warning{Message: "odd"}
	source := &fake{after: errors.New("get https://u:s@cret@host/x: page 2 failed")}
	source.add("a", well(collectors.Done{Changes: 3, Commits: 5, Blobs: 2, Requests: 1, Warnings: []metrics.Warning{warning}}))
	source.add("b", well(collectors.Done{Unchanged: true, Requests: 1}))
	source.add("c", failing(errors.New("broken")))
	source.add("d", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) { panic("oh") })
	store := newShelf()
	o := options(store, source)
	var progress []collectors.Progress
	o.Progress = func(p collectors.Progress) { progress = append(progress, p) }
	got, err := collectors.Run(context.Background(), o)
	want := collectors.Summary{
		Listed: 4, Repos: 4, Unchanged: 1, Unknown: 2, Changes: 3, Commits: 5, Blobs: 2, Requests: 2, Warnings: []metrics.Warning{warning},
		Changed: []metrics.RepoID{metrics.NewRepoID("a"), metrics.NewRepoID("c"), metrics.NewRepoID("d")},
		Problems: []collectors.Problem{
			{Source: "fake", Repo: "c", Reason: metrics.ReasonUnreadable, Detail: "broken"}, {Source: "fake", Repo: "d", Reason: metrics.ReasonUnreadable, Detail: "panic: oh"},
		},
		Partial: []string{"fake: get https://host/x: page 2 failed"},
	}
	order := cmp.Options{
		cmpopts.SortSlices(func(a, b metrics.RepoID) bool { return a < b }),
		cmpopts.SortSlices(func(a, b collectors.Problem) bool { return a.Repo < b.Repo }),
	}
	if diff := cmp.Diff(want, got, order); diff != "" || err != nil {
		t.Errorf("summary with %v (-want +got):\n%s", err, diff)
	}
	end := progress[len(progress)-1]
	if len(progress) != 5 || end.Listed != 4 || !end.Whole || end.Read != 4 || end.Unknown != 2 || end.Changes != 3 {
		t.Errorf("%d steps of progress, the last is %+v", len(progress), end)
	}
}

func TestWhyARepositoryIsUnknown(t *testing.T) {
	tests := []struct {
		name   string
		read   func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error)
		reason metrics.Reason
		detail string
	}{
		{"a failure", failing(errors.New("broken")), metrics.ReasonUnreadable, "broken"},
		{"a reason", failing(fmt.Errorf("x: %w", &collectors.ReadError{Reason: metrics.ReasonMissingObjects, Err: errors.New("gone")})), metrics.ReasonMissingObjects, "x: gone"},
		{"no permission", failing(fmt.Errorf("open: %w", fs.ErrPermission)), metrics.ReasonForbidden, "open: permission denied"},
		{"a panic", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) { panic("oh") }, metrics.ReasonUnreadable, "panic: oh"},
		{"a secret", failing(errors.New(`clone "https://ana:hunter2@host/x": 403`)), metrics.ReasonUnreadable, `clone "https://host/x": 403`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := &fake{}
			source.add("a", test.read)
			source.add("b", well(collectors.Done{}))
			store := newShelf()
			id := metrics.NewRepoID("a")
			store.last = map[metrics.RepoID]collectors.Last{id: {Reading: metrics.Reading{Watched: 7, Names: 8}}}
			summary, err := collectors.Run(context.Background(), options(store, source))
			if err != nil || summary.Repos != 2 || summary.Unknown != 1 {
				t.Errorf("run came to %+v, %v", summary, err)
			}
			want := metrics.Reading{
				Source: "fake", Repo: id, At: 1700000000, Reason: test.reason, Detail: test.detail, Head: "head", Watched: 7, Names: 8,
			}
			if diff := cmp.Diff(want, store.readings[id]); diff != "" {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
			if len(store.repos) != 1 || store.repos[0].Name != "a" {
				t.Errorf("repositories written are %v, want the unknown one", store.repos)
			}
		})
	}
}

func TestShardsAreAllThereIs(t *testing.T) {
	seen, store := map[string]int{}, newShelf()
	for index := range 3 {
		source := &fake{}
		for i := range 50 {
			name := fmt.Sprint("repo", i)
			source.add(name, func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
				seen[name]++
				return collectors.Done{}, nil
			})
		}
		o := options(store, source)
		o.Workers, o.Shard = 1, collectors.Shard{Index: index + 1, Count: 3}
		summary, err := collectors.Run(context.Background(), o)
		if err != nil || summary.Repos < 5 {
			t.Errorf("shard %d came to %+v, %v", index+1, summary, err)
		}
		if l := store.listings[len(store.listings)-1]; int(l.Repos) != summary.Repos || l.Repos+l.Others != 50 {
			t.Errorf("shard %d listed %d repositories and %d of others, want %d and the rest of 50", index+1, l.Repos, l.Others, summary.Repos)
		}
	}
	for i := range 50 {
		if n := seen[fmt.Sprint("repo", i)]; n != 1 {
			t.Errorf("repository %d was read %d times, want once", i, n)
		}
	}
}

func TestFullRunsForgetWhatWasRead(t *testing.T) {
	var got []uint32
	source := &fake{}
	source.add("a", func(_ context.Context, last collectors.Last, _ collectors.Sink) (collectors.Done, error) {
		got = append(got, last.Next)
		return collectors.Done{}, nil
	})
	store := newShelf()
	store.last = map[metrics.RepoID]collectors.Last{metrics.NewRepoID("a"): {Next: 5}}
	for _, full := range []bool{false, true} {
		o := options(store, source)
		o.Full = full
		if _, err := collectors.Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]uint32{5, 0}, got); diff != "" {
		t.Errorf("what was known (-want +got):\n%s", diff)
	}
}

func TestStoreThatFailsEndsTheRun(t *testing.T) {
	broken := errors.New("disk full")
	for name, store := range map[string]*shelf{"write": {full: broken}, "last": {dumb: broken}, "lacking": {deaf: broken}} {
		t.Run(name, func(t *testing.T) {
			store.readings, store.blobs = map[metrics.RepoID]metrics.Reading{}, map[metrics.OID]metrics.BlobStatus{}
			source := &fake{}
			for i := range 10 {
				source.add(fmt.Sprint(i), func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
					if _, err := out.Lacking(ctx, []metrics.OID{metrics.OID(fmt.Sprint(i))}); err != nil {
						return collectors.Done{}, err
					}
					return collectors.Done{}, out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x", Status: metrics.BlobRead}}})
				})
			}
			summary, err := collectors.Run(context.Background(), options(store, source))
			if !errors.Is(err, broken) || summary.Unknown != 0 || len(store.readings) != 0 {
				t.Errorf("run came to %+v, %v, want the store's error and nothing unknown", summary, err)
			}
		})
	}
}

func TestCancelledRunKeepsWhatIsComplete(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	source := &fake{}
	source.add("a", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
		return collectors.Done{Unchanged: true}, out.Write(ctx, &metrics.Batch{Readings: []metrics.Reading{{Repo: metrics.NewRepoID("a"), Complete: true}}})
	})
	source.add("b", func(ctx context.Context, _ collectors.Last, _ collectors.Sink) (collectors.Done, error) {
		cancel()
		return collectors.Done{}, errors.New("killed")
	})
	source.add("c", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
		t.Error("a repository was read after the end")
		return collectors.Done{}, nil
	})
	store := newShelf()
	o := options(store, source)
	o.Workers = 1
	summary, err := collectors.Run(ctx, o)
	if !errors.Is(err, context.Canceled) || summary.Repos != 1 || summary.Unknown != 0 {
		t.Errorf("run came to %+v, %v, want one repository and %v", summary, err, context.Canceled)
	}
	if len(store.readings) != 1 || !store.readings[metrics.NewRepoID("a")].Complete {
		t.Errorf("readings are %v, want the complete one", store.readings)
	}
}

func TestReadingsOfUnchangedRepositoriesAreWrittenTogether(t *testing.T) {
	source := &fake{}
	for i := range 100 {
		source.add(fmt.Sprint(i), func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
			return collectors.Done{Unchanged: true}, out.Write(ctx, &metrics.Batch{Readings: []metrics.Reading{{Repo: metrics.RepoID(i)}}})
		})
	}
	store := newShelf()
	if _, err := collectors.Run(context.Background(), options(store, source)); err != nil {
		t.Fatal(err)
	}
	if store.writes != 2 || len(store.readings) != 100 { // the other one says what was listed
		t.Errorf("%d readings and a listing came in %d batches, want 100 in one and it in another", len(store.readings), store.writes)
	}
}

// bring reads all blobs that are lacking, as a source does.
func bring(ctx context.Context, out collectors.Sink, status metrics.BlobStatus, blobs ...metrics.OID) (read []metrics.OID, err error) {
	for {
		mine, err := out.Lacking(ctx, blobs)
		if err != nil || len(mine) == 0 {
			return read, err
		}
		time.Sleep(time.Second) // of a synctest bubble
		batch := &metrics.Batch{}
		for _, oid := range mine {
			batch.Blobs = append(batch.Blobs, metrics.Blob{OID: oid, Status: status, Size: 9})
		}
		read = append(read, mine...)
		if err := out.Write(ctx, batch); err != nil {
			return read, err
		}
	}
}

func TestBlobsAreReadOnceOverAllRepositories(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		count := map[metrics.OID]int{}
		source := &fake{}
		for i := range 20 {
			source.add(fmt.Sprint(i), func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
				read, err := bring(ctx, out, metrics.BlobRead, "all", metrics.OID(fmt.Sprint("pair", i/2)), metrics.OID(fmt.Sprint("own", i)), "known")
				mu.Lock()
				defer mu.Unlock()
				for _, oid := range read {
					count[oid]++
				}
				return collectors.Done{}, err
			})
		}
		store := newShelf()
		store.blobs["known"] = metrics.BlobRead
		o := options(store, source)
		o.Workers = 7
		if _, err := collectors.Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		for oid, n := range count {
			if n != 1 {
				t.Errorf("%s was read %d times, want once", oid, n)
			}
		}
		if len(count) != 31 || store.asked != 32 {
			t.Errorf("%d blobs were read, the store was asked about %d, want 31 and 32", len(count), store.asked)
		}
	})
}

// TestABlobWhoseReaderFailsIsReadByAnother has one reader undertake a blob and fail in different ways while
// the other waits for it.
func TestABlobWhoseReaderFailsIsReadByAnother(t *testing.T) {
	tests := []struct {
		name string
		fail func(ctx context.Context, out collectors.Sink) error
		want int // blobs that the other one reads
	}{
		{"an error", func(context.Context, collectors.Sink) error { return errors.New("broken") }, 1},
		{"a panic", func(context.Context, collectors.Sink) error { panic("oh") }, 1},
		{"it forgets", func(context.Context, collectors.Sink) error { return nil }, 1},
		{"it does not have it", func(ctx context.Context, out collectors.Sink) error {
			return out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x", Status: metrics.BlobMissing}}})
		}, 1},
		{"it only wants to know whether it is blank", func(ctx context.Context, out collectors.Sink) error {
			return out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x", Status: metrics.BlobTooBig, Size: metrics.MaxPresenceBlob + 1}}})
		}, 1},
		{"it is too big for anybody", func(ctx context.Context, out collectors.Sink) error {
			return out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x", Status: metrics.BlobTooBig, Size: metrics.MaxBlob + 1}}})
		}, 0},
		{"it reads it", func(ctx context.Context, out collectors.Sink) error {
			return out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: "x", Status: metrics.BlobRead}}})
		}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := &fake{}
				source.add("first", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
					mine, err := out.Lacking(ctx, []metrics.OID{"x"})
					if len(mine) != 1 || err != nil {
						t.Errorf("first reader got %v, %v", mine, err)
					}
					time.Sleep(time.Hour)
					if err := test.fail(ctx, out); err != nil {
						return collectors.Done{}, err
					}
					mine, err = out.Lacking(ctx, []metrics.OID{"x"})
					if len(mine) != 0 {
						t.Errorf("first reader got %v again", mine)
					}
					return collectors.Done{}, err
				})
				var read []metrics.OID
				source.add("second", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
					time.Sleep(time.Minute)
					var err error
					read, err = bring(ctx, out, metrics.BlobRead, "x")
					return collectors.Done{}, err
				})
				begun := time.Now()
				if _, err := collectors.Run(context.Background(), options(newShelf(), source)); err != nil {
					t.Fatal(err)
				}
				if len(read) != test.want || time.Since(begun) < time.Hour {
					t.Errorf("the other one read %v after %v, want %d after an hour", read, time.Since(begun), test.want)
				}
			})
		})
	}
}

func TestWaitingForABlobEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		source := &fake{}
		source.add("first", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
			_, err := out.Lacking(ctx, []metrics.OID{"x"})
			<-ctx.Done()
			return collectors.Done{}, err
		})
		source.add("second", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
			time.Sleep(time.Minute)
			_, err := bring(ctx, out, metrics.BlobRead, "x")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("waiting ended with %v, want %v", err, context.Canceled)
			}
			return collectors.Done{}, err
		})
		time.AfterFunc(time.Hour, cancel)
		if _, err := collectors.Run(ctx, options(newShelf(), source)); !errors.Is(err, context.Canceled) {
			t.Errorf("run ended with %v, want %v", err, context.Canceled)
		}
	})
}

// TestReadersThatWantEachOthersBlobsDoNotWaitForEachOther lets readers undertake blobs in opposite order.
func TestReadersThatWantEachOthersBlobsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fake{}
		blobs := []metrics.OID{"a", "b", "c", "d", "e"}
		for i := range 5 {
			source.add(fmt.Sprint(i), func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
				for j := range blobs {
					if _, err := bring(ctx, out, metrics.BlobRead, blobs[(i+j)%5]); err != nil {
						return collectors.Done{}, err
					}
				}
				_, err := bring(ctx, out, metrics.BlobRead, blobs...)
				return collectors.Done{}, err
			})
		}
		o := options(newShelf(), source)
		o.Workers = 5
		if summary, err := collectors.Run(context.Background(), o); err != nil || summary.Unknown > 0 {
			t.Errorf("run came to %+v, %v", summary, err)
		}
	})
}
