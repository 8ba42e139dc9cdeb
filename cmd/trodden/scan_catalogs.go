package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// portals are the software catalogs that a scan reads.
type portals struct {
	opened []openedCatalog
	people *collectors.People
	told   func(source string, entities int) // how far reading one has come; may be nil
}

// catalogsRead is what reading catalogs came to.
type catalogsRead struct {
	rows     []query.ScanCatalog
	problems []collectors.Problem // a catalog that is not complete has one
}

// complete reports whether all catalogs are.
func (c catalogsRead) complete() bool { return len(c.problems) == 0 }

// toldEach is after how many entities it is told anew how far reading has come.
const toldEach = 100

// readCatalogs reads one catalog after the other. One that is not complete fails nothing else. A catalog is read whole each
// time, be the scan a full one or not, and is in no part of the repositories: who reads the first of several parts reads it.
// A scan of some repositories alone reads none.
func (s *scanRun) readCatalogs(ctx context.Context) (out catalogsRead, err error) {
	if s.only != nil || s.shard.Index > 1 || len(s.portals.opened) == 0 {
		return out, nil
	}
	lists, err := s.db.CatalogLists(ctx)
	if err != nil {
		return out, err
	}
	for _, c := range s.portals.opened {
		done, err := s.readCatalog(ctx, c, lists)
		if err != nil {
			return out, err
		}
		s.log.Info("catalog read", "source", c.name, "entities", done.Entities, "changed", done.Changed, "gone", done.Gone,
			"requests", done.Requests, "complete", done.Complete)
		if len(done.Hidden) > 0 {
			s.log.Warn("the catalog shows none of some kinds any more: what is known of them stays, see whether the token may read them",
				"source", c.name, "kinds", strings.Join(done.Hidden, ","))
		}
		if words := lackWords[done.Lacks]; words != "" {
			s.log.Warn(words+"; see whether the token may read them", "source", c.name)
		}
		out.rows = append(out.rows, query.ScanCatalog{
			Source: c.name, Entities: done.Entities, Changed: done.Changed, Gone: done.Gone, Complete: done.Complete,
		})
		if !done.Complete {
			out.problems = append(out.problems, collectors.Problem{Source: c.name, Detail: done.Detail})
		}
		problems, err := s.readTracks(ctx, c, done)
		if err != nil {
			return out, err
		}
		out.problems = append(out.problems, problems...)
	}
	return out, nil
}

// lackWords say what follows from what a catalog never showed.
var lackWords = map[catalog.Lack]string{
	catalog.LacksTeams:   "the catalog shows no teams: owners that it names are checked by what other sources know of them alone",
	catalog.LacksMembers: "the catalog shows nobody in its teams: whether owners are at work is told by other sources alone",
}

func (s *scanRun) readCatalog(ctx context.Context, c openedCatalog, lists []metrics.CatalogList) (catalog.Done, error) {
	before, err := s.db.Snapshots(ctx, c.name)
	if err != nil {
		return catalog.Done{}, err
	}
	members, err := s.db.Members(ctx, c.name)
	if err != nil {
		return catalog.Done{}, err
	}
	reader := catalog.Reader{
		Name: c.name, Portal: c.portal, People: s.portals.people, Members: members,
		Lists: slices.DeleteFunc(slices.Clone(lists), func(l metrics.CatalogList) bool { return l.Source != c.name }),
		Progress: func(entities int) {
			if s.portals.told != nil && entities%toldEach == 0 {
				s.portals.told(c.name, entities)
			}
		},
		Now: func() metrics.Instant { return metrics.At(s.now()) },
	}
	return reader.Read(ctx, before, unbuffered{s.db})
}

// catalogWords says in a line what was read of a catalog.
func catalogWords(c query.ScanCatalog) string {
	text := fmt.Sprintf("catalog %s: %s, %s changed, %s gone", c.Source, count(c.Entities, "entity", "entities"), number(c.Changed), number(c.Gone))
	if !c.Complete {
		text += ", not complete"
	}
	if c.Given > 0 {
		text += fmt.Sprintf(", told about %s", number(c.Given))
	}
	if c.NotGiven != "" {
		text += ", not told all: " + c.NotGiven
	}
	return text
}

// unbuffered writes at once: what a reading of a catalog wrote when it was killed is there.
type unbuffered struct{ *clickhouse.DB }

// Lacking implements collectors.Sink. Catalogs have no blobs.
func (unbuffered) Lacking(context.Context, []metrics.OID) ([]metrics.OID, error) { return nil, nil }
