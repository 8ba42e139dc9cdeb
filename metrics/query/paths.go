package query

import (
	"cmp"
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed paths.sql
	pathsSQL string
	//go:embed teams.sql
	teamsSQL string
	//go:embed groups.sql
	groupsSQL string
)

// PathRow is a path as the published conclusions understand it.
type PathRow struct {
	Key      metrics.PathKey  `json:"path"`
	Title    string           `json:"title"`
	Since    *time.Time       `json:"since"` // launch; null where none is defined
	Ways     []metrics.WayKey `json:"ways"`  // golden first
	TeamOnAt float64          `json:"team_on_at"`
}

// launched reports whether the path existed at a moment.
func (p PathRow) launched(at metrics.Instant) bool {
	return p.Since == nil || at >= metrics.At(*p.Since)
}

// Paths returns the paths in the order of the definitions.
func Paths(ctx context.Context, db DB) ([]PathRow, error) {
	type row struct {
		Path     string     `ch:"path"`
		Title    string     `ch:"title"`
		Since    *time.Time `ch:"since"`
		Ways     []string   `ch:"ways"`
		TeamOnAt float64    `ch:"team_on_at"`
	}
	rows, err := ask[row](ctx, db, "for paths", pathsSQL, nil)
	return answers(rows, func(r *row) PathRow {
		return PathRow{metrics.PathKey(r.Path), r.Title, r.Since, wayKeys(r.Ways), r.TeamOnAt}
	}), err
}

// TeamRow is a team that owns or owned something, or is defined.
type TeamRow struct {
	Key        metrics.TeamKey `json:"team"`
	Title      string          `json:"title"`
	Group      string          `json:"group"`
	Groups     []string        `json:"groups"`     // Group and those that it is part of, upwards
	Weight     float64         `json:"weight"`     // in weighted rates
	Platform   bool            `json:"platform"`   // provides paths
	Configured bool            `json:"configured"` // else only files, or a code host, name it as an owner
}

// Teams returns the teams, by key.
func Teams(ctx context.Context, db DB) ([]TeamRow, error) {
	type row struct {
		Team       string   `ch:"team"`
		Title      string   `ch:"title"`
		Group      string   `ch:"group"`
		Groups     []string `ch:"groups"`
		Weight     float64  `ch:"weight"`
		Platform   bool     `ch:"platform"`
		Configured bool     `ch:"configured"`
	}
	rows, err := ask[row](ctx, db, "for teams", teamsSQL, nil)
	return answers(rows, func(r *row) TeamRow {
		return TeamRow{metrics.TeamKey(r.Team), r.Title, r.Group, texts(r.Groups), cmp.Or(r.Weight, 1), r.Platform, r.Configured}
	}), err
}

// GroupRow is a group of teams that is defined, or that a team names.
type GroupRow struct {
	Key    string            `json:"group"`
	Title  string            `json:"title"`
	Parent string            `json:"parent"` // "" for none
	Groups []string          `json:"groups"` // that it is part of: Parent first, then upwards
	Teams  []metrics.TeamKey `json:"teams"`  // in it and in all groups below
}

// Groups returns the groups of teams, by key.
func Groups(ctx context.Context, db DB) ([]GroupRow, error) {
	type row struct {
		Group  string   `ch:"group"`
		Title  string   `ch:"title"`
		Parent string   `ch:"parent"`
		Groups []string `ch:"groups"`
		Teams  []string `ch:"teams"`
	}
	rows, err := ask[row](ctx, db, "for groups of teams", groupsSQL, nil)
	return answers(rows, func(r *row) GroupRow {
		teams := make([]metrics.TeamKey, len(r.Teams))
		for i, key := range r.Teams {
			teams[i] = metrics.TeamKey(key)
		}
		return GroupRow{r.Group, r.Title, r.Parent, texts(r.Groups), teams}
	}), err
}
