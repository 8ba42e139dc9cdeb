package present_test

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// repo is a reading of a host whose repositories hold contents.
type repo struct {
	present.Reading
	holds map[string]string // by path
}

// claims gives each content to whom asks for it first, as a scan does.
type claims struct {
	*collectorstest.Store
	given map[metrics.OID]bool
}

func (c claims) Lacking(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	lacking, err := c.Store.Lacking(ctx, blobs)
	lacking = slices.DeleteFunc(lacking, func(oid metrics.OID) bool { return c.given[oid] })
	for _, oid := range lacking {
		c.given[oid] = true
	}
	return lacking, err
}

var errGarbled = errors.New("garbled")

func idOf(content string) string {
	return fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)))
}

// found is a repository whose tree was seen. Sizes are told where the host tells them.
func found(name string, sizes bool, holds map[string]string) *repo {
	r := &repo{holds: holds}
	r.Repo = metrics.Repo{ID: metrics.RepoID(len(name)), Name: name, Source: "host", Head: metrics.OID(strings.Repeat("h", 20))}
	for _, path := range slices.Sorted(maps.Keys(holds)) {
		want, size := collectors.Whole, uint64(0)
		if strings.HasSuffix(path, ".lock") {
			want = collectors.Existence
		}
		if strings.HasSuffix(path, ".png") {
			want = collectors.Unwatched
		}
		if sizes {
			size = uint64(len(holds[path]))
		}
		r.See(path, idOf(holds[path]), size, want, errGarbled)
	}
	return r
}

// bring asks a host that has lost some contents, and breaks at others.
func bring(asked *[]string) func(context.Context, []*present.Wish[*repo], *metrics.Batch) {
	return func(_ context.Context, wishes []*present.Wish[*repo], batch *metrics.Batch) {
		for _, w := range wishes {
			*asked = append(*asked, w.Path)
			switch content := w.Home.holds[w.Path]; {
			case strings.HasPrefix(w.Path, "lost"):
				w.Fail(w.Absent())
			case strings.HasPrefix(w.Path, "broken"):
				w.Fail(errors.New("it breaks here"))
			case !w.Is(content):
				w.Fail(errGarbled)
			default:
				w.Got(content, uint64(len(content)), batch)
			}
		}
	}
}

func TestReadAndWrite(t *testing.T) {
	large := strings.Repeat("x", metrics.MaxBlob+1)
	for _, sizes := range []bool{true, false} {
		t.Run(fmt.Sprintf("sizes told before: %v", sizes), func(t *testing.T) {
			store := claims{collectorstest.New(), map[metrics.OID]bool{}}
			w := present.Writer{Source: "host", Watched: 7, Now: func() metrics.Instant { return 100 }, Out: store}
			all := []*repo{
				found("a", sizes, map[string]string{"ci.yml": "on: push", "go.lock": "1", "logo.png": "2", "blank": "", "huge": large}),
				found("bb", sizes, map[string]string{"ci.yml": "on: push", "lost": "3"}),
				found("ccc", sizes, map[string]string{"broken": "4"}),
			}
			var asked []string
			present.ReadBlobs(t.Context(), w, all, bring(&asked))
			present.Write(t.Context(), w, present.Whole(all))

			want := []string{"ci.yml", "huge", "lost", "broken"} // one content once, and nothing of an empty file
			if sizes {
				want = []string{"ci.yml", "lost", "broken"}
			}
			if diff := cmp.Diff(asked, want); diff != "" {
				t.Errorf("the host was asked, -got +want:\n%s", diff)
			}
			if all[0].Err != nil || !errors.Is(all[1].Err, present.ErrAbsent) || all[2].Err == nil {
				t.Errorf("errors are %v, %v, %v", all[0].Err, all[1].Err, all[2].Err)
			}
			if got := store.Files("a"); len(got) != 4 || got["ci.yml"] != "on: push" {
				t.Errorf("files of a are %q", slices.Collect(maps.Keys(got)))
			}
			if got := store.Blobs[metrics.OID(oid(t, large))]; got.Status != metrics.BlobTooBig || got.Content != "" || got.Size != uint64(len(large)) {
				t.Errorf("of the large file is kept %v, %d of %d bytes", got.Status, len(got.Content), got.Size)
			}
			if _, kept := store.Blobs[metrics.OID(oid(t, "3"))]; kept {
				t.Error("of the lost file something is kept")
			}
			if store.Repo("ccc").ID != 0 {
				t.Error("a repository that was not read is written")
			}
		})
	}
}

func oid(t *testing.T, content string) metrics.OID {
	t.Helper()
	id, err := metrics.ParseOID(idOf(content))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestNothingNew reads what is known already.
func TestNothingNew(t *testing.T) {
	store := claims{collectorstest.New(), map[metrics.OID]bool{}}
	w := present.Writer{Source: "host", Watched: 7, Now: func() metrics.Instant { return 100 }, Out: store}
	files := map[string]string{"ci.yml": "on: push"}
	first := found("a", true, files)
	present.Write(t.Context(), w, []*repo{first})
	if first.Done.Changes != 1 || first.Done.Unchanged {
		t.Errorf("the first reading came to %+v", first.Done)
	}

	last, err := store.Last(t.Context(), "host", first.Repo.ID)
	if err != nil {
		t.Fatal(err)
	}
	job := collectors.Job{Repo: first.Repo, Last: last}
	if !present.Current(job, 7) || present.Current(job, 8) {
		t.Error("it holds for the files that were watched, and for no others")
	}
	again := found("a", true, files)
	again.Last = last
	present.Write(t.Context(), w, []*repo{again})
	if again.Done.Changes != 0 || !again.Done.Unchanged {
		t.Errorf("reading the same again came to %+v", again.Done)
	}
	idle := &repo{Reading: present.Reading{Job: job}}
	present.Keep(t.Context(), w, []*repo{idle})
	if !idle.Done.Unchanged || len(store.Readings) != 3 || store.Readings[2].Files != store.Readings[0].Files {
		t.Errorf("what was kept is %+v", store.Readings)
	}
}

func TestGarbledID(t *testing.T) {
	r := &repo{}
	if r.See("ci.yml", "zz", 0, collectors.Whole, errGarbled); !errors.Is(r.Err, errGarbled) || !errors.Is(r.Err, metrics.ErrInvalid) {
		t.Errorf("got %v", r.Err)
	}
}

// TestReadBeside has a budget spent, and a store that takes nothing any more, in the second of three parts.
func TestReadBeside(t *testing.T) {
	part := func(read *[]string, name string, err error) func(context.Context, []*repo) error {
		return func(_ context.Context, all []*repo) error {
			for _, r := range all {
				*read = append(*read, name+" of "+r.Repo.Name)
			}
			return err
		}
	}
	full := errors.New("the disk is full")
	for _, test := range []struct {
		name string
		err  error
		read string
		left bool
		kept int // deployments
		fail error
	}{
		{"all is well", nil, "runs of a, deployments of a, tags of a", false, 1, nil},
		{"the budget is spent", fmt.Errorf("deployments: %w", collectors.ErrSpent), "runs of a, deployments of a", true, 1, nil},
		{"nothing can be kept", full, "runs of a, deployments of a", false, 0, full},
	} {
		t.Run(test.name, func(t *testing.T) {
			store, bad := collectorstest.New(), found("bb", true, nil)
			a, read := found("a", true, nil), []string(nil)
			bad.Err = errGarbled
			b := &present.Beside{Batch: &metrics.Batch{}, Out: store}
			deployments := part(&read, "deployments", test.err)
			present.ReadBeside(t.Context(), b, []*repo{a, bad}, func(r *repo) bool { return r.Err == nil },
				present.Part[*repo]{Bit: 1, Read: part(&read, "runs", nil)},
				present.Part[*repo]{Bit: 2, Read: func(ctx context.Context, all []*repo) error {
					b.Batch.Deployments = append(b.Batch.Deployments, metrics.Deployment{Repo: a.Repo.ID, ID: 1})
					return deployments(ctx, all)
				}},
				present.Part[*repo]{Bit: 4, Read: part(&read, "tags", nil)})
			if got := strings.Join(read, ", "); got != test.read || a.Done.Left != test.left || bad.Done.Left || !errors.Is(a.Err, test.fail) || bad.Err != errGarbled {
				t.Errorf("read %s, left %t, failed with %v and %v", got, a.Done.Left, a.Err, bad.Err)
			}
			if got := len(store.Deployments); got != test.kept {
				t.Errorf("%d deployments are kept, want %d", got, test.kept)
			}
		})
	}
}
