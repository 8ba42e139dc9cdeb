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
	//go:embed catalog_templates.sql
	catalogTemplatesSQL string
	//go:embed catalog_templates_units.sql
	catalogTemplatesUnitsSQL string
	//go:embed catalog_templates_own.sql
	catalogTemplatesOwnSQL string
)

// CatalogTemplatesQuestion says which templates are asked for. The zero value of a filter is no filter.
type CatalogTemplatesQuestion struct {
	Source   string
	Template string // kind:namespace/name
	Path     metrics.PathKey
	AsOf     metrics.Instant // of paths and releases; entities are as they were judged last
}

// CatalogTemplateRow says of the things in a catalog that were created from a template how they stand on a path by now, each
// by the repository, or the folder in it, that it is about: as the unit stands that the folder is, or is in. A template writes down a version once; what keeps up with the
// newest release afterwards is what was created from it. So both lag: what runs, and what the template still hands out, where
// the place in which it lies has the path itself.
type CatalogTemplateRow struct {
	Source   string          `json:"source"`
	Template string          `json:"template"` // kind:namespace/name
	Repo     string          `json:"repo"`     // in which it lies; "" where the catalog does not have it, or no place of it
	Folder   string          `json:"folder"`
	There    bool            `json:"there"`    // the catalog has it still
	Entities int             `json:"entities"` // that were created from it
	Path     metrics.PathKey `json:"path"`

	Using          Rate                     `json:"using"`     // of those that are about an active unit whose state is known
	Unknown        int                      `json:"unknown"`   // those that are about a unit whose state is not known
	OnNewest       Rate                     `json:"on_newest"` // of those that use it and whose lag is known
	ReleasesBehind Spread                   `json:"releases_behind"`
	Versions       []CatalogTemplateVersion `json:"versions"` // that they use: floating ones first, then the newest

	Own       *string    `json:"own_version"`         // that the place has in which the template lies; null where that does not use the path
	OwnBehind *int       `json:"own_releases_behind"` // null where that is not known
	Latest    *string    `json:"latest"`              // the newest release of the path
	LatestAt  *time.Time `json:"latest_at"`
}

// CatalogTemplateVersion is a version of a path that was created from a template.
type CatalogTemplateVersion struct {
	Version        string         `json:"version"` // as it is pinned; "" where nothing names one
	Entities       int            `json:"entities"`
	ReleasesBehind *int           `json:"releases_behind"`
	Reason         metrics.Reason `json:"reason"` // why that is not known
}

// CatalogTemplates returns a row for each template that things in a catalog were created from and each path: by source,
// template, and path in the order of the definitions. Paths that are not launched yet have none.
func CatalogTemplates(ctx context.Context, db DB, q CatalogTemplatesQuestion) ([]CatalogTemplateRow, error) {
	t, err := newTemplates(ctx, db, q)
	if err != nil {
		return nil, err
	}
	rows := []CatalogTemplateRow{}
	for _, made := range t.made {
		for _, path := range t.lag.paths {
			if t.lag.launched(path) {
				rows = append(rows, t.row(made, path.Key))
			}
		}
	}
	return rows, nil
}

// CatalogTemplateNames returns the templates that things in a catalog were created from, or in any where source is "".
func CatalogTemplateNames(ctx context.Context, db DB, source string) ([]string, error) {
	rows, err := ask[templateRow](ctx, db, "for templates", catalogTemplatesSQL, map[string]any{"source": source, "template": ""})
	return answers(rows, func(r *templateRow) string { return r.Template }), err
}

// templates gathers an answer.
type templates struct {
	made  []templateRow
	units map[templatePath][]templateUnits
	own   map[templatePath]string
	lag   *lag
}

// templatePath is a template of a catalog and a path.
type templatePath struct{ source, template, path string }

// templateRow is a row of catalog_templates.sql.
type templateRow struct {
	Source   string `ch:"source"`
	Template string `ch:"template"`
	Entities uint32 `ch:"entities"`
	There    bool   `ch:"there"`
	Repo     string `ch:"repo"`
	Folder   string `ch:"folder"`
}

// templateUnits is a row of catalog_templates_units.sql.
type templateUnits struct {
	Source   string `ch:"source"`
	Template string `ch:"template"`
	Path     string `ch:"path"`
	State    string `ch:"state"`
	Version  string `ch:"version"`
	Entities uint32 `ch:"entities"`
}

func newTemplates(ctx context.Context, db DB, q CatalogTemplatesQuestion) (*templates, error) {
	t := &templates{units: map[templatePath][]templateUnits{}, own: map[templatePath]string{}, lag: &lag{LagQuestion: LagQuestion{Path: q.Path, AsOf: q.AsOf}}}
	args := map[string]any{"source": q.Source, "template": q.Template}
	var err error
	if t.made, err = ask[templateRow](ctx, db, "for templates", catalogTemplatesSQL, args); err != nil || len(t.made) == 0 {
		return t, err
	}
	args["path"], args["at"] = string(q.Path), moment(q.AsOf)
	units, err := ask[templateUnits](ctx, db, "how what templates made stands", catalogTemplatesUnitsSQL, args)
	if err != nil {
		return nil, err
	}
	own, err := ask[struct {
		Source   string `ch:"source"`
		Template string `ch:"template"`
		Path     string `ch:"path"`
		Version  string `ch:"version"`
	}](ctx, db, "which versions templates have", catalogTemplatesOwnSQL, args)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		at := templatePath{u.Source, u.Template, u.Path}
		t.units[at] = append(t.units[at], u)
		t.lag.used = append(t.lag.used, usedRow{Path: u.Path, Version: u.Version, Units: uint64(u.Entities)})
	}
	for _, o := range own {
		t.own[templatePath{o.Source, o.Template, o.Path}] = o.Version
		t.lag.used = append(t.lag.used, usedRow{Path: o.Path, Version: o.Version})
	}
	return t, t.lag.lookUp(ctx, db)
}

// row is the answer about a template and a path.
func (t *templates) row(made templateRow, path metrics.PathKey) CatalogTemplateRow {
	at, s := templatePath{made.Source, made.Template, string(path)}, t.lag.shelves[path]
	row := CatalogTemplateRow{
		Source: made.Source, Template: made.Template, Repo: made.Repo, Folder: made.Folder, There: made.There, Entities: int(made.Entities), Path: path,
	}
	using, all, used := 0, 0, map[string]int{}
	for _, u := range t.units[at] {
		n := int(u.Entities)
		switch u.State {
		case metrics.Unknown.String():
			row.Unknown += n
		case metrics.On.String(), metrics.Mixed.String():
			using += n
			used[u.Version] += n
			fallthrough
		default:
			all += n
		}
	}
	row.Using = NewRate(using, all, metrics.ReasonEmpty)
	row.versions(used, s, path)
	if latest := s.latest(s.main()); latest != nil {
		row.Latest, row.LatestAt = &latest.tag, &latest.at
	}
	if version, has := t.own[at]; has {
		row.Own = &version
		row.OwnBehind = pinnedAs(s, path, version, 1).row(s).ReleasesBehind
	}
	return row
}

// versions says how far what uses a path lags, by the versions that it uses.
func (r *CatalogTemplateRow) versions(used map[string]int, s *shelf, path metrics.PathKey) {
	var list []use
	for version, n := range used {
		list = append(list, pinnedAs(s, path, version, n))
	}
	slices.SortFunc(list, func(a, b use) int { return cmp.Or(a.compare(b), cmp.Compare(a.Version, b.Version)) })
	r.Versions = []CatalogTemplateVersion{}
	var behind []float64 // a value each entity
	newest := 0
	for _, u := range list {
		lags := u.row(s)
		r.Versions = append(r.Versions, CatalogTemplateVersion{u.Version, lags.Repos, lags.ReleasesBehind, lags.Reason})
		if lags.ReleasesBehind == nil {
			continue
		}
		behind = append(behind, slices.Repeat([]float64{float64(*lags.ReleasesBehind)}, lags.Repos)...)
		if *lags.ReleasesBehind == 0 {
			newest += lags.Repos
		}
	}
	why := metrics.ReasonAllUnknown
	switch {
	case len(list) == 0:
		why = metrics.ReasonEmpty
	case s.empty():
		why = metrics.ReasonNoReleases
	}
	r.OnNewest, r.ReleasesBehind = NewRate(newest, len(behind), why), spread(behind)
}

// pinnedAs is a version of a path that so many use, with what it stands for.
func pinnedAs(s *shelf, path metrics.PathKey, version string, n int) use {
	return use{usedRow{Path: string(path), Version: version, Units: uint64(n)}, s.find(version)}
}
