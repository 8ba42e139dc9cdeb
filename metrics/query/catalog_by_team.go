package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed catalog_by_team.sql
var catalogByTeamSQL string

// CatalogTeamRow says of the entities in a catalog whose owner means a team how fresh they are.
type CatalogTeamRow struct {
	Source   string
	Team     metrics.TeamKey
	Entities int
	Fresh    Rate // what is not known counts as not so, here as in Owners
	Owners   Rate // whose owner is right

	FreshBounds, OwnersBounds *Bounds // nil where all is known
}

// CatalogByTeam returns how fresh the entities of each team are, by source and team. As of a moment before the last judgement there is
// none: only what was found then is kept.
func CatalogByTeam(ctx context.Context, db DB, q CatalogQuestion) ([]CatalogTeamRow, error) {
	type row struct {
		Source       string `ch:"source"`
		Team         string `ch:"team"`
		Entities     uint64 `ch:"entities"`
		Fresh        uint64 `ch:"fresh"`
		FreshUnknown uint64 `ch:"fresh_unknown"`
		Right        uint64 `ch:"right"`
		RightUnknown uint64 `ch:"right_unknown"`
	}
	rows, err := ask[row](ctx, db, "for catalogs by team", catalogByTeamSQL, map[string]any{"source": q.Source, "at": moment(q.AsOf)})
	return answers(rows, func(r *row) CatalogTeamRow {
		return CatalogTeamRow{
			Source: r.Source, Team: metrics.TeamKey(r.Team), Entities: int(r.Entities),
			Fresh: NewRate(int(r.Fresh), int(r.Entities), metrics.ReasonEmpty), Owners: NewRate(int(r.Right), int(r.Entities), metrics.ReasonEmpty),
			FreshBounds: unsure(r.Fresh, r.FreshUnknown, r.Entities), OwnersBounds: unsure(r.Right, r.RightUnknown, r.Entities),
		}
	}), err
}

// unsure returns the bounds of a share of which something is not known; nil where all is.
func unsure(num, unknown, den uint64) *Bounds {
	if unknown == 0 || den == 0 {
		return nil
	}
	return &Bounds{float64(num) / float64(den), float64(num+unknown) / float64(den)}
}
