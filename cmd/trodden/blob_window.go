package main

import (
	"context"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// blobWindow gives classify the contents of the files of repositories that are judged one after the other. It reads them from the store in the
// order of history, some hundred at once when one is first asked for, and forgets older ones.
type blobWindow struct {
	fetch func([]metrics.OID) (map[metrics.OID]metrics.Blob, error)
	order []metrics.OID       // of files that some signal looks at, by first appearance
	place map[metrics.OID]int // in order
	near  map[metrics.OID]metrics.Blob
	far   map[metrics.OID]metrics.Blob // the window before
	err   error                        // the first failure to read; everything is unknown after it
}

// How much is read at once: so many blobs, or as many of them as have so many bytes together. Some before the one
// that is asked for are among them: those of one commit are asked for in another order than they stand in.
const (
	windowSize   = 3000
	windowBytes  = 48 << 20
	windowBefore = 32
)

func newBlobWindow(rules *classify.Classifier, fetch func([]metrics.OID) (map[metrics.OID]metrics.Blob, error), bundle ...metrics.History) *blobWindow {
	w := &blobWindow{fetch: fetch, place: map[metrics.OID]int{}}
	wants, last := once(rules.Wants), once(rules.WantsLast)
	for _, h := range bundle {
		named := once(classify.NamedFiles(&h))
		ever := func(path string) bool { return wants(path) || named(path) }
		there := map[string]metrics.OID{}
		for i := range h.Changes {
			c := &h.Changes[i]
			if ever(c.Path) {
				w.add(c.Blob)
			} else if last(c.Path) {
				there[c.Path] = c.Blob
			}
		}
		for i := range h.Side {
			if ever(h.Side[i].Path) {
				w.add(h.Side[i].Blob)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(there)) {
			w.add(there[path])
		}
	}
	return w
}

// once asks about each path once.
func once(ask func(path string) bool) func(path string) bool {
	told := map[string]bool{}
	return func(path string) bool {
		answer, known := told[path]
		if !known {
			answer = ask(path)
			told[path] = answer
		}
		return answer
	}
}

// add puts a blob at the end of those that will be asked for, unless it stands there already.
func (w *blobWindow) add(oid metrics.OID) {
	if _, listed := w.place[oid]; !listed && oid != "" {
		w.place[oid] = len(w.order)
		w.order = append(w.order, oid)
	}
}

// Blob implements detect.Blobs.
func (w *blobWindow) Blob(oid metrics.OID) (content string, reason metrics.Reason) {
	b, here := w.near[oid]
	if !here {
		b, here = w.far[oid]
	}
	if !here {
		b, here = w.read(oid)
	}
	switch {
	case !here:
		return "", metrics.ReasonNotRead
	case b.Status == metrics.BlobRead:
		return b.Content, ""
	case b.Status == metrics.BlobTooBig:
		return "", metrics.ReasonTooLarge
	default:
		return "", metrics.ReasonMissingObjects
	}
}

// read moves the window so that it begins about where the blob is.
func (w *blobWindow) read(oid metrics.OID) (metrics.Blob, bool) {
	if w.err != nil {
		return metrics.Blob{}, false
	}
	some := []metrics.OID{oid}
	if at, listed := w.place[oid]; listed {
		from := max(0, at-windowBefore)
		some = w.order[from:min(from+windowSize, len(w.order))]
	}
	found, err := w.fetch(some)
	if err != nil {
		w.err = err
		return metrics.Blob{}, false
	}
	if len(some) == 1 && w.near != nil {
		for id, b := range found {
			w.near[id] = b
		}
	} else {
		w.near, w.far = found, w.near
	}
	b, here := found[oid]
	return b, here
}

// manyBlobs is from how many that are not at hand on all that a repository brought is read.
const manyBlobs = 300

// blobReader reads blobs of some repositories from what is at hand, if anything is, and from a store. What another
// repository brought is kept at hand: one that two have, many have.
func blobReader(ctx context.Context, db *clickhouse.DB, at *recent, bundle ...metrics.History) func([]metrics.OID) (map[metrics.OID]metrics.Blob, error) {
	var brought map[metrics.OID]metrics.Blob // nil until many are needed
	return func(oids []metrics.OID) (map[metrics.OID]metrics.Blob, error) {
		found, rest := at.split(oids)
		if brought == nil && len(rest) >= manyBlobs {
			var err error
			if brought, err = db.Brought(ctx, ids(bundle), windowBytes); err != nil {
				return nil, err
			}
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(oid metrics.OID) bool {
			b, here := brought[oid]
			if here {
				found[oid] = b
			}
			return here
		})
		bytes := 0
		for b, err := range db.Blobs(ctx, rest) {
			if err != nil {
				return nil, err
			}
			found[b.OID] = b
			if !slices.ContainsFunc(bundle, func(h metrics.History) bool { return h.Repo.ID == b.Home }) {
				at.keep(b)
			}
			if bytes += len(b.Content); bytes > windowBytes {
				break
			}
		}
		return found, nil
	}
}

func ids(bundle []metrics.History) []metrics.RepoID {
	var list []metrics.RepoID
	for i := range bundle {
		list = append(list, bundle[i].Repo.ID)
	}
	return list
}
