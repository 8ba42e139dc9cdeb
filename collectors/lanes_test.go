package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// TestHostsDoNotWaitForOneAnother lets one host keep its readers, or its list, waiting for an hour: the sources of another one
// are read meanwhile, though they want the same file, and those that ask no host are read before.
func TestHostsDoNotWaitForOneAnother(t *testing.T) {
	for _, held := range []string{"list", "file"} {
		t.Run(held, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				ended := map[string]time.Duration{}
				hub := &moving{fake: fake{name: "hub"}}
				hub.add("hub/a", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
					lacking, err := out.Lacking(ctx, []metrics.OID{"x"})
					time.Sleep(time.Hour)
					batch := &metrics.Batch{}
					for _, oid := range lacking {
						batch.Blobs = append(batch.Blobs, metrics.Blob{OID: oid, Status: metrics.BlobRead})
					}
					return collectors.Done{}, errors.Join(err, out.Write(ctx, batch))
				})
				hub.list = func(_ *collectors.Known, yield func(metrics.Repo, error) bool) {
					if held == "list" {
						time.Sleep(time.Hour)
					}
					yield(hub.repos[0], nil)
				}
				lab, clones, more := &fake{name: "lab", after: errors.New("a page was cut")}, &fake{name: "clones"}, &fake{name: "more"}
				lab.add("lab/b", func(ctx context.Context, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
					time.Sleep(time.Minute)
					_, err := bring(ctx, out, metrics.BlobRead, "x")
					ended["lab"] = time.Since(begun)
					return collectors.Done{}, err
				})
				clones.add("hub/c", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
					ended["clones"] = time.Since(begun)
					return collectors.Done{}, nil
				})
				more.add("hub/d", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
					ended["more"] = time.Since(begun)
					return collectors.Done{}, nil
				})
				o := options(newShelf(), hub, lab, clones, more)
				o.Workers = 1
				o.Hosts = map[string]string{"hub": "https://hub.test", "lab": "https://lab.test", "more": "https://hub.test"}
				var concluded []time.Duration
				o.Meanwhile = func(context.Context) error {
					concluded = append(concluded, time.Since(begun))
					return nil
				}
				var whole []bool
				o.Progress = func(p collectors.Progress) { whole = append(whole, p.Whole) }
				got, err := collectors.Run(context.Background(), o)
				if err != nil || got.Repos != 4 || got.Unknown != 0 || strings.Join(got.Partial, "") != "lab: a page was cut" {
					t.Errorf("got %+v, %v", got, err)
				}
				if ended["lab"] > 2*time.Minute || ended["clones"] != 0 || ended["more"] < time.Hour {
					t.Errorf("read after %v", ended)
				}
				if want := []time.Duration{30 * time.Second, 91 * time.Second}; !slices.Equal(concluded, want) {
					t.Errorf("concluded meanwhile after %v, want %v: once half a minute behind the clones, and behind lab", concluded, want)
				}
				if i := slices.Index(whole, true); i < 0 || slices.Contains(whole[i:], false) {
					t.Errorf("whether all is listed is told as %v", whole)
				}
			})
		})
	}
}

// TestHostsTellInOrder has sources of two hosts fail at the same time: what is told of them comes in the order of the sources.
func TestHostsTellInOrder(t *testing.T) {
	for range 20 {
		var sources []collectors.Source
		hosts := map[string]string{}
		for _, name := range []string{"a", "b", "c", "d"} {
			sources = append(sources, &fake{name: name, after: errors.New("cut")})
			hosts[name] = "https://" + name + ".test"
		}
		o := options(newShelf(), sources...)
		o.Hosts = hosts
		if got, err := collectors.Run(context.Background(), o); err != nil || strings.Join(got.Partial, ", ") != "a: cut, b: cut, c: cut, d: cut" {
			t.Fatalf("got %q, %v", got.Partial, err)
		}
	}
}

// TestHostsInTurn reads hosts one after the other, until one tells nothing for half a minute: that one keeps no other waiting.
func TestHostsInTurn(t *testing.T) {
	for _, test := range []struct {
		name  string
		takes time.Duration // each of five repositories of the first host
		want  time.Duration // when the second one is begun
	}{
		{"one that tells something", 20 * time.Second, 100 * time.Second},
		{"one that waits", time.Hour, 30 * time.Second},
		{"one that is quick", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, got := time.Now(), time.Duration(-1)
				hub, lab := &fake{name: "hub"}, &fake{name: "lab"}
				for i := range 5 {
					hub.add(fmt.Sprint("hub/", i), func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
						time.Sleep(test.takes)
						return collectors.Done{}, nil
					})
				}
				lab.add("lab/a", func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
					got = time.Since(begun)
					return collectors.Done{}, nil
				})
				o := options(newShelf(), hub, lab)
				o.Workers, o.InTurn = 1, true
				o.Hosts = map[string]string{"hub": "https://hub.test", "lab": "https://lab.test"}
				if sum, err := collectors.Run(t.Context(), o); err != nil || sum.Repos != 6 {
					t.Errorf("got %+v, %v", sum, err)
				}
				if got != test.want {
					t.Errorf("the second host is begun after %v, want %v", got, test.want)
				}
			})
		})
	}
}

// TestConclusionsMeanwhileFail ends a run whose store refuses what is concluded while a host is waited for.
func TestConclusionsMeanwhileFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("the disk is full")
		hub, lab := &fake{name: "hub"}, &fake{name: "lab"}
		hub.add("hub/a", func(ctx context.Context, _ collectors.Last, _ collectors.Sink) (collectors.Done, error) {
			<-ctx.Done()
			return collectors.Done{}, ctx.Err()
		})
		lab.add("lab/a", well(collectors.Done{}))
		o := options(newShelf(), hub, lab)
		o.Hosts = map[string]string{"hub": "https://hub.test", "lab": "https://lab.test"}
		o.Meanwhile = func(context.Context) error { return full }
		if _, err := collectors.Run(t.Context(), o); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
	})
}
