package catalog_test

import (
	"context"
	"fmt"
	"iter"
	"net/http/httptest"
	"testing"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestReaderFigures reads 10,000 entities of Backstage twice: without a change nothing of them is written again.
func TestReaderFigures(t *testing.T) {
	l := &largeBackstage{apis: 9_999}
	server := httptest.NewServer(l)
	defer server.Close()
	b, err := catalog.NewBackstage(catalog.BackstageConfig{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	var kept ledger
	first := kept.read(t, b, 100)
	batches := len(kept.batches)
	second := kept.read(t, b, 200)
	if first.Changed != 10_000 || !first.Complete || batches != 6 {
		t.Errorf("the first reading came to %+v, in %d batches", first, batches)
	}
	if second.Entities != 10_000 || second.Changed != 0 || second.Gone != 0 || !second.Complete || second.Requests > 12 {
		t.Errorf("without a change the second came to %+v, want 12 requests at most", second)
	}
	if more := len(kept.batches) - batches; more != 1 || len(kept.batches[batches].Snapshots) != 0 {
		t.Errorf("the second wrote %d batches, the first of them with %d entities", more, len(kept.batches[batches].Snapshots))
	}
}

// widePortal lists so many things of 20 fields, none of which is in memory.
type widePortal int

func (w widePortal) Requests() int { return 0 }

func (w widePortal) Items(context.Context) iter.Seq2[catalog.Item, error] {
	return func(yield func(catalog.Item, error) bool) {
		for i := range int(w) {
			item := thing(fmt.Sprintf("c%d", i), "owner", fmt.Sprintf("team-%d", i%100))
			for k := range 19 {
				item.Entity.Fields = append(item.Entity.Fields, metrics.EntityField{Name: fmt.Sprintf("property.p%02d", k), Values: []string{fmt.Sprintf("value %d of the thing %d of them all", k, i)}})
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// TestReaderMemory reads 10,000 entities of 20 fields that all were otherwise before, which are in memory, too.
func TestReaderMemory(t *testing.T) {
	before, most := heap(), uint64(0)
	var l ledger
	l.read(t, widePortal(10_000), 100)
	for ref, s := range l.snapshots {
		s.Fields[0].Values = []string{"nobody"}
		l.snapshots[ref] = s
	}
	known, kept := l.before(), ledger{}
	l = ledger{}
	r := kept.reader(t, widePortal(10_000), 200)
	r.Progress = func(n int) {
		if n%2_500 == 0 {
			most = max(most, heap())
		}
	}
	done, err := r.Read(t.Context(), known, &kept)
	if err != nil || done.Changed != 10_000 {
		t.Fatalf("it came to %+v and %v", done, err)
	}
	if most > before+200<<20 {
		t.Errorf("%d MB are held on the way, want 200 at most", (most-before)>>20)
	}
	t.Logf("%d MB are held on the way", (most-before)>>20)
}
