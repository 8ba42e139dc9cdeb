package query

import (
	"context"
	_ "embed"
	"strconv"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed catalog_facts.sql
var catalogFactsSQL string

// CatalogFactsQuestion says of which entities the facts are asked for that portals are told.
type CatalogFactsQuestion struct {
	Source string // "" for all portals
	Entity string // kind:namespace/name, or namespace/name, which means every kind; "" for all

	AsOf  metrics.Instant   // of paths; entries are as they were judged last
	After *CatalogEntityKey // the rows that follow this one
	Limit int               // at most so many; 0: all
}

// CatalogFactsRow is what a portal is told about one of its entities: one that counts and is about a repository, by any of the
// names that it ever had. Of one that is about a folder in it, paths are told of the unit that the folder is, or is in: else of
// the whole repository.
type CatalogFactsRow struct {
	Source string
	Ref    metrics.EntityRef
	Facts  []metrics.PortalFact // the entry first, then path by path
}

// Key returns where the row stands in the order of entities.
func (r CatalogFactsRow) Key() CatalogEntityKey {
	return CatalogEntityKey{Source: r.Source, Kind: r.Ref.Kind, Namespace: r.Ref.Namespace, Name: r.Ref.Name}
}

// factsRow is a row of catalog_facts.sql.
type factsRow struct {
	Source    string      `ch:"source"`
	Kind      string      `ch:"kind"`
	Namespace string      `ch:"namespace"`
	Name      string      `ch:"name"`
	Fresh     string      `ch:"fresh"`
	Path      []string    `ch:"path"`
	State     []uint8     `ch:"state"`
	Origin    []uint8     `ch:"origin"`
	Voluntary []bool      `ch:"voluntary"`
	Since     []time.Time `ch:"since"`
	Version   []string    `ch:"version"`
}

// CatalogFacts returns what portals are told about their entities, by source, kind, namespace and name.
func CatalogFacts(ctx context.Context, db DB, q CatalogFactsQuestion) ([]CatalogFactsRow, error) {
	after := CatalogEntityKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[factsRow](ctx, db, "for facts about entities of catalogs", catalogFactsSQL, map[string]any{
		"source": q.Source, "described": metrics.DescribedSource, "entity": q.Entity, "at": moment(q.AsOf), "continued": q.After != nil,
		"after_source": after.Source, "after_kind": after.Kind, "after_namespace": after.Namespace, "after_name": after.Name, "limit": limit(q.Limit),
	})
	return answers(rows, (*factsRow).answer), err
}

func (r *factsRow) answer() CatalogFactsRow {
	facts := []metrics.PortalFact{{About: "fresh", Value: r.Fresh}}
	for i := range r.Path {
		facts = append(facts, r.path(i)...)
	}
	return CatalogFactsRow{r.Source, metrics.EntityRef{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}, facts}
}

// path is how the unit stands on one of the paths. That somebody chose a path is told of who is on it alone, and since when
// only where the files say so, as in StateRow.
func (r *factsRow) path(i int) []metrics.PortalFact {
	state := StateRow{State: metrics.State(r.State[i]), Origin: metrics.Origin(r.Origin[i]), Since: known(r.Since[i])}
	voluntary, since := "", ""
	if state.Origin != metrics.NoOrigin {
		voluntary = strconv.FormatBool(r.Voluntary[i])
	}
	if began := state.Began(); began != nil {
		since = began.UTC().Format(time.RFC3339)
	}
	path := metrics.PathKey(r.Path[i])
	return []metrics.PortalFact{
		{Path: path, About: "state", Value: state.State.String()}, {Path: path, About: "origin", Value: state.Origin.String()},
		{Path: path, About: "voluntary", Kind: metrics.TruthFact, Value: voluntary}, {Path: path, About: "since", Kind: metrics.MomentFact, Value: since},
		{Path: path, About: "version", Value: r.Version[i]},
	}
}
