package query

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed lag.sql
	lagSQL string
	//go:embed releases.sql
	releasesSQL string
	//go:embed released.sql
	releasedSQL string
)

// LagQuestion says which lag is asked for. The zero value of a filter is no filter.
type LagQuestion struct {
	Path  metrics.PathKey
	Team  metrics.TeamKey
	Group string
	AsOf  metrics.Instant // only releases that were made until then count
}

// LagRow says how far the active units that use one version of a path lag behind its newest release: the highest
// stable one. A version that moves by itself (v3, main, a range) is floating and never lags. A commit, be it abbreviated
// or named by a tag that is no version, stands for the release that brought it, an exact version for the release of its
// name. What no release answers to is unmapped.
// Where a figure is not known, Reason says why.
type LagRow struct {
	Path           metrics.PathKey `json:"path"`
	Version        string          `json:"version"` // as it is pinned; "" where nothing names one
	Repos          int             `json:"repos"`   // repositories, or components of them
	Floating       int             `json:"floating"`
	Unmapped       int             `json:"unmapped"`
	ReleasesBehind *int            `json:"releases_behind"` // stable releases above the used one, up to the newest
	DaysBehind     *float64        `json:"days_behind"`     // from the used release to the newest
	Libyears       *float64        `json:"libyears"`        // the same in years, of all these units together
	Release        *string         `json:"release"`         // the tag that the version stands for; null for a floating one
	ReleasedAt     *time.Time      `json:"released_at"`
	Latest         *string         `json:"latest"` // the newest release
	LatestAt       *time.Time      `json:"latest_at"`
	Reason         metrics.Reason  `json:"reason"`
}

// Lag returns a row for each version that is used of each path: by path in the order of the definitions, floating
// versions first, then the newest releases, then what is unmapped. Paths that are not launched yet have none.
func Lag(ctx context.Context, db DB, q LagQuestion) ([]LagRow, error) {
	return answered(ctx, db, q, func() ([]LagRow, error) {
		rows := []LagRow{}
		l, err := newLag(ctx, db, q, "")
		if err != nil {
			return nil, err
		}
		for _, path := range l.paths {
			if !l.launched(path) {
				continue
			}
			for _, u := range l.uses(path.Key) {
				rows = append(rows, u.row(l.shelves[path.Key]))
			}
		}
		return rows, nil
	})
}

// lag gathers an answer.
type lag struct {
	LagQuestion
	paths   []PathRow
	used    []usedRow
	shelves map[metrics.PathKey]*shelf
}

// usedRow is a row of lag.sql.
type usedRow struct {
	Path    string `ch:"path"`
	Version string `ch:"version"`
	Label   string `ch:"label"` // the team, where rows are asked for by it
	Units   uint64 `ch:"units"`
}

func newLag(ctx context.Context, db DB, q LagQuestion, by By) (*lag, error) {
	l := &lag{LagQuestion: q}
	args := map[string]any{"path": string(q.Path), "team": string(q.Team), "group": q.Group, "by": string(by), "at": moment(q.AsOf)}
	var err error
	if l.used, err = ask[usedRow](ctx, db, "which versions are used", lagSQL, args); err != nil {
		return nil, err
	}
	return l, l.lookUp(ctx, db)
}

// lookUp finds out which paths there are, and what the versions that are used stand for.
func (l *lag) lookUp(ctx context.Context, db DB) (err error) {
	if l.paths, err = Paths(ctx, db); err != nil {
		return err
	}
	l.paths = slices.DeleteFunc(l.paths, func(p PathRow) bool { return l.Path != "" && p.Key != l.Path })
	args := map[string]any{"path": string(l.Path), "at": moment(l.AsOf)}
	if l.shelves, err = shelves(ctx, db, args); err != nil {
		return err
	}
	return l.mapCommits(ctx, db, args)
}

// mapCommits tells the shelves which release brought each commit that is pinned.
func (l *lag) mapCommits(ctx context.Context, db DB, args map[string]any) error {
	var pins []string
	for _, u := range l.used {
		if commit := l.shelves[metrics.PathKey(u.Path)].commitOf(u.Version); commit != "" {
			pins = append(pins, commit)
		}
	}
	if len(pins) == 0 || len(l.shelves) == 0 {
		return nil
	}
	args["pins"] = pins
	rows, err := ask[struct {
		Path string `ch:"path"`
		Pin  string `ch:"pin"`
		Tag  string `ch:"tag"`
	}](ctx, db, "which releases brought commits", releasedSQL, args)
	for _, row := range rows {
		if s := l.shelves[metrics.PathKey(row.Path)]; s != nil && s.byCommit[row.Pin] == nil {
			s.byCommit[row.Pin] = s.byTag[row.Tag]
		}
	}
	return err
}

// launched reports whether a path was there at the moment.
func (l *lag) launched(p PathRow) bool { return p.launched(l.AsOf) }

// use is one version of a path with what it stands for.
type use struct {
	usedRow
	pin
}

// uses are the versions of one path in the order of answers.
func (l *lag) uses(path metrics.PathKey) []use {
	var list []use
	for _, row := range l.used {
		if metrics.PathKey(row.Path) == path {
			list = append(list, use{row, l.shelves[path].find(row.Version)})
		}
	}
	slices.SortStableFunc(list, use.compare)
	return list
}

// compare puts floating versions before others, and of releases the newest first.
func (u use) compare(v use) int {
	if u.kind == mapped && v.kind == mapped {
		return v.release.version.Compare(u.release.version)
	}
	return cmp.Compare(u.kind, v.kind)
}

// row is the answer about one version.
func (u use) row(s *shelf) LagRow {
	row := LagRow{Path: metrics.PathKey(u.Path), Version: u.Version, Repos: int(u.Units), Reason: u.reason(s)}
	if latest := s.latest(u.family); latest != nil {
		row.Latest, row.LatestAt = &latest.tag, &latest.at
	}
	switch {
	case u.kind == floating:
		row.Floating = row.Repos
	case u.kind == mapped:
		row.Release, row.ReleasedAt = &u.release.tag, &u.release.at
	case row.Reason == metrics.ReasonUnmapped:
		row.Unmapped = row.Repos
	}
	if row.Reason == "" {
		behind, days := s.behind(u.pin)
		years := float64(row.Repos) * days / daysPerYear
		row.ReleasesBehind, row.DaysBehind, row.Libyears = &behind, &days, &years
	}
	return row
}

// daysPerYear is the length of a year in libyears.
const daysPerYear = 365.25

// reason says why the lag of a version is not known; "" where it is.
func (u use) reason(s *shelf) metrics.Reason {
	switch {
	case s.empty() || u.kind == mapped && s.latest(u.family) == nil:
		return metrics.ReasonNoReleases
	case u.kind == unsaid:
		return metrics.ReasonNoVersion
	case u.kind == unmapped:
		return metrics.ReasonUnmapped
	}
	return ""
}
