package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

//go:embed catalog.sql
var catalogSQL string

// CatalogQuestion says of which catalog something is asked.
type CatalogQuestion struct {
	Source string          // "" for all, metrics.Portals for all but that of files
	AsOf   metrics.Instant // as catalogs were judged last by then
}

// CatalogRow says how fresh a catalog is, and how much of what there is it has.
type CatalogRow struct {
	Source   string     `json:"source"`
	JudgedAt time.Time  `json:"judged_at"`
	ReadAt   *time.Time `json:"read_at"`  // when it was last read, or tried to be; null for what is read with the repositories
	Complete bool       `json:"complete"` // that went well
	Detail   string     `json:"detail"`   // why it did not, in words

	Entities int  `json:"entities"` // people, teams and places of files not among them
	Fresh    Rate `json:"fresh"`    // what is not known counts as not so, here as in the others
	Owners   Rate `json:"owners"`   // whose owner is right
	Coverage Rate `json:"coverage"` // of the active repositories, those that have an entity
	Ghosts   int  `json:"ghosts"`   // without a living source, as far as is known
	Dark     int  `json:"dark"`     // active repositories without an entity
	Unread   int  `json:"unread"`   // repositories of which it is not known whether they are active: in no coverage
	Orphans  int  `json:"orphans"`  // that nothing in the catalog brings any more
	Problems *int `json:"problems"` // in which the portal itself finds something wrong; null for judgements before the last one

	HalfLifeDays *float64          `json:"half_life_days"` // null where it is longer than can be told yet
	Ladder       Ladder            `json:"ladder"`
	IfFollowed   *float64          `json:"freshness_if_followed"` // freshness if the advice on all fields were followed
	Bounds       map[string]Bounds `json:"bounds"`                // of rates and of ghosts, where something is not known
	Tracks       []CatalogTrack    `json:"tracks"`                // that are read of its portal
}

// Ladder says how many entities reach each step of the owner ladder.
type Ladder struct {
	O1 Rate `json:"O1"` // an owner is filled in
	O2 Rate `json:"O2"` // it is an existing team
	O3 Rate `json:"O3"` // with an active member
	O4 Rate `json:"O4"` // a member committed here in 90 days
	O5 Rate `json:"O5"` // the team holds most human commits of 180 days
}

// portion is a proportion as statements of catalogs have it: numerator, denominator, and how many of that are not known.
type portion []uint32

func (p portion) share() freshness.Share {
	return freshness.Share{Num: int(p[0]), Den: int(p[1]), Unknown: int(p[2])}
}

func (p portion) rate() Rate { return NewRate(int(p[0]), int(p[1]), metrics.ReasonEmpty) }

// value is the proportion as a number, nil where there is nothing to count.
func (p portion) value() *float64 { return p.rate().Rate }

// bounds adds what the proportion could be to all bounds, where it is not certain.
func (p portion) bounds(all map[string]Bounds, name string) {
	if p[2] > 0 {
		lo, hi := p.share().Bounds()
		all[name] = Bounds{lo, hi}
	}
}

// Catalog returns what catalogs came to, by source.
func Catalog(ctx context.Context, db DB, q CatalogQuestion) ([]CatalogRow, error) {
	type row struct {
		Source   string     `ch:"source"`
		At       time.Time  `ch:"at"`
		Entities uint32     `ch:"entities"`
		Fresh    []uint32   `ch:"fresh"`
		Owners   []uint32   `ch:"owners"`
		Coverage []uint32   `ch:"coverage"`
		Ghosts   []uint32   `ch:"ghosts"`
		Followed []uint32   `ch:"followed"`
		Ladder   [][]uint32 `ch:"ladder"`
		Orphans  uint32     `ch:"orphans"`
		Problems *uint32    `ch:"problems"`
		Unread   uint32     `ch:"unread"`
		Dark     uint32     `ch:"dark"`
		HalfLife *float64   `ch:"half_life"`
		ReadAt   *time.Time `ch:"read_at"`
		Complete bool       `ch:"complete"`
		Detail   string     `ch:"detail"`
	}
	rows, err := ask[row](ctx, db, "for catalogs", catalogSQL, map[string]any{"source": q.Source, "at": moment(q.AsOf)})
	if err != nil {
		return nil, err
	}
	list := answers(rows, func(r *row) CatalogRow {
		out := CatalogRow{
			Source: r.Source, JudgedAt: r.At, ReadAt: r.ReadAt, Complete: r.Complete, Detail: r.Detail, Entities: int(r.Entities),
			Fresh: portion(r.Fresh).rate(), Owners: portion(r.Owners).rate(), Coverage: portion(r.Coverage).rate(),
			Ghosts: int(r.Ghosts[0]), Dark: int(r.Dark), Unread: int(r.Unread), Orphans: int(r.Orphans), HalfLifeDays: r.HalfLife,
			IfFollowed: portion(r.Followed).value(), Bounds: map[string]Bounds{}, Tracks: []CatalogTrack{},
		}
		if r.Problems != nil {
			n := int(*r.Problems)
			out.Problems = &n
		}
		portion(r.Fresh).bounds(out.Bounds, "fresh")
		portion(r.Owners).bounds(out.Bounds, "owners")
		portion(r.Coverage).bounds(out.Bounds, "coverage")
		if unknown := r.Ghosts[2]; unknown > 0 {
			out.Bounds["ghosts"] = Bounds{float64(r.Ghosts[0]), float64(r.Ghosts[0] + unknown)}
		}
		for i, step := range []*Rate{&out.Ladder.O1, &out.Ladder.O2, &out.Ladder.O3, &out.Ladder.O4, &out.Ladder.O5} {
			*step = portion(r.Ladder[i]).rate()
			portion(r.Ladder[i]).bounds(out.Bounds, "ladder.O"+string(rune('1'+i)))
		}
		return out
	})
	return list, addTracks(ctx, db, q, list)
}
