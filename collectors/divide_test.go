package collectors_test

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// divided is a source that divides the sink of one repository.
type divided struct{ read func(out collectors.Sink) }

// Name implements collectors.Source.
func (divided) Name() string { return "divided" }

// Repos implements collectors.Source.
func (divided) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) { yield(metrics.Repo{Name: "github.com/acme/pay"}, nil) }
}

// Read implements collectors.Source.
func (d divided) Read(_ context.Context, _ metrics.Repo, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
	d.read(out)
	return collectors.Done{}, nil
}

// TestDivide lets parts of a sink read what the whole, or another part, gave up, and nothing twice.
func TestDivide(t *testing.T) {
	ctx := context.Background()
	blobs := []metrics.OID{"one", "two", "three"}
	lacking := func(out collectors.Sink) []metrics.OID {
		got, err := out.Lacking(ctx, blobs)
		if err != nil {
			t.Error(err)
		}
		return slices.Sorted(slices.Values(got))
	}
	read := func(out collectors.Sink, oid metrics.OID) {
		if err := out.Write(ctx, &metrics.Batch{Blobs: []metrics.Blob{{OID: oid, Status: metrics.BlobRead}}}); err != nil {
			t.Error(err)
		}
	}
	var got [][]metrics.OID
	source := divided{func(out collectors.Sink) {
		got = append(got, lacking(out))
		read(out, "one")
		first, release := collectors.Divide(out)
		got = append(got, lacking(first))
		read(first, "two")
		second, releaseSecond := collectors.Divide(out)
		release() // it read no more
		got = append(got, lacking(second))
		read(second, "three")
		releaseSecond()
		third, _ := collectors.Divide(out)
		got = append(got, lacking(third))
	}}
	_, err := collectors.Run(ctx, collectors.Options{Sources: []collectors.Source{source}, Store: newShelf(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]metrics.OID{{"one", "three", "two"}, {"three", "two"}, {"three"}, nil}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("what is lacking (-got +want):\n%s", diff)
	}
}
