package dashboards

import (
	"net/url"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// okrFigure is a figure of a key result at a moment: its own, or that of a guard beside it.
type okrFigure struct {
	row     query.OKRRow
	measure string
	from    metrics.Instant // where the time begins that the figure counts what happened in, if it counts that
	at      metrics.Instant
}

// okrMoment is the moment that a row is of: after its end it stands as it did then.
func okrMoment(q *request, row query.OKRRow) metrics.Instant { return min(q.asOf, metrics.At(row.To)) }

// okrValue is the value of a key result.
func okrValue(q *request, row query.OKRRow) okrFigure {
	return okrFigure{row, row.Measure, metrics.At(row.From), okrMoment(q, row)}
}

// then is the same figure as it was at an earlier moment.
func (f okrFigure) then(at metrics.Instant) okrFigure {
	f.at = at
	return f
}

// okrBaseline is what was measured at the moment of the baseline: of what happens over a time, as long a time before it as the key
// result goes on.
func okrBaseline(row query.OKRRow) okrFigure {
	at := metrics.At(*row.BaselineAt)
	return okrFigure{row, row.Measure, metrics.Clamp(int64(at - (metrics.At(row.To) - metrics.At(row.From)))), at}
}

// okrBegin is the moment that guards are compared with: that of the baseline, or the begin where the baseline is a number.
func okrBegin(row query.OKRRow) metrics.Instant {
	if row.BaselineAt != nil {
		return metrics.At(*row.BaselineAt)
	}
	return metrics.At(row.From)
}

// okrList is the page that lists what a figure counts.
type okrList struct {
	address string
	pairs   []string
	part    string // of the page
	parts   string // where the page is of one path: the measure of Explore by which figures of all paths lead to their lists
	while   bool   // it counts what happened since the begin of the key result
	recent  bool   // it counts what happened in some weeks before the moment
}

// okrLists says for each measure what lists its denominator, or what it is the median of; and for each guard. Those of catalogs
// depend on which there are.
func okrLists() map[string]okrList {
	teams := func(only, parts string) okrList {
		return okrList{address: "/teams", pairs: []string{"only", only}, parts: parts}
	}
	states := func(pairs ...string) okrList { return okrList{address: "/states", pairs: pairs} }
	stays := func(pairs ...string) okrList { return okrList{address: "/stays", pairs: pairs} }
	flow := func(only string) okrList {
		return okrList{address: "/decisions", pairs: []string{"only", only}, while: true}
	}
	lag := states("only", "using", "lag", "known")
	friction := func(m query.FrictionMeasure) okrList {
		recent := m == query.Pipelines || m == query.Recovery || m == query.Maintenance
		if len(m.Sides()) == 0 { // it is of people
			return okrList{address: "/friction", part: "#measure-" + string(m)}
		}
		only := query.Using
		if m == query.Maintenance {
			only = query.AllAuthors
		}
		return okrList{address: "/friction/units", pairs: []string{"measure", string(m), "only", string(only)}, recent: recent}
	}
	ratio := okrList{address: "/friction/units", pairs: []string{"measure", string(query.ScaffoldLead)}} // of both sides
	scaffold, pipeline, tenth := friction(query.ScaffoldLead), friction(query.Pipelines), friction(query.TenthPull)
	return map[string]okrList{
		"adoption.teams.voluntary":          teams("choice", "teams.voluntary"),
		"adoption.teams.total":              teams("served", "teams.total"),
		"adoption.teams.gross":              teams("eligible", "teams.gross"),
		"adoption.teams.weighted.voluntary": teams("choice", "teams.voluntary"),
		"adoption.teams.weighted.total":     teams("served", "teams.total"),
		"adoption.teams.weighted.gross":     teams("eligible", "teams.gross"),
		"adoption.repos.voluntary":          states("only", "choice"),
		"adoption.repos.total":              states("only", "served"),
		"adoption.repos.gross":              states("only", "eligible"),
		"adoption.pull":                     {address: "/decisions", pairs: []string{"only", "towards"}, recent: true},
		"retention.d90":                     stays(),
		"retention.tried_and_left":          stays(),
		"retention.returned":                stays("outcome", "left"),
		"retention.median_days":             stays(),
		"flow.voluntary":                    flow("free"),
		"flow.net":                          flow("moves"),
		"fragmentation":                     states("only", "served"),
		"time_to_adopt.median_days":         {address: "/waits"},
		"lag.latest":                        lag,
		"lag.releases_behind":               lag,
		"lag.days_behind":                   lag,
		"friction.scaffold.median":          scaffold,
		"friction.scaffold.p90":             scaffold,
		"friction.scaffold.ratio":           ratio,
		"friction.pipeline.success":         pipeline,
		"friction.pipeline.median":          pipeline,
		"friction.pipeline.p90":             pipeline,
		"friction.pipeline.recovery":        friction(query.Recovery),
		"friction.tenth_pull.median":        tenth,
		"friction.tenth_pull.p90":           tenth,
		"friction.tenth_pull.ratio":         tenth,
		"friction.maintenance.upkeep":       friction(query.Maintenance),
		"exemptions":                        states("active", "true", "state", metrics.Exempt.String()),
		"activation":                        states("active", "true", "runs", query.RunsKnown),
	}
}

// list is the address of the list behind a figure; "" where there is none.
func (f okrFigure) list(q *request, c catalogs) string {
	if strings.HasPrefix(f.measure, "catalog.") {
		return f.ofCatalogs(q, c)
	}
	l, known := okrLists()[f.measure]
	if !known || l.while && f.from >= f.at {
		return ""
	}
	pairs := []string{"path", string(f.row.Path), "team", string(f.row.Team), "group", f.row.Group}
	if l.parts == "" || f.row.Path != "" {
		pairs = append(pairs, l.pairs...)
	} else {
		l.address, l.part, pairs = "/explore", "", append(pairs, "measure", l.parts, "by", byPath)
	}
	if l.while {
		pairs = append(pairs, "from", f.from.String(), "to", f.at.String())
	}
	if l.recent {
		pairs = append(pairs, "from", f.recently(q).String())
	}
	if f.at != q.asOf {
		pairs = append(pairs, "as_of", f.at.String())
	}
	return q.link(l.address, nil, pairs...) + l.part
}

// recently is the begin of the weeks that a figure counts: as long before its moment as they are for the value of its row.
func (f okrFigure) recently(q *request) metrics.Instant {
	u, err := url.Parse(f.row.Behind)
	if err != nil {
		return f.at
	}
	from, err := metrics.ParseInstant(u.Query().Get("from"))
	if err != nil {
		return f.at
	}
	return max(f.at-(okrMoment(q, f.row)-from), metrics.Beginning+1)
}

// ofCatalogs is the address of what a figure of catalogs counts. Lists are of the last judgement: the page of catalogs has what is kept
// of those before.
func (f okrFigure) ofCatalogs(q *request, c catalogs) string {
	rows := query.Portals(c.rows)
	if f.row.Value == nil || len(rows) == 0 {
		return ""
	}
	if f.at != q.asOf && c.last != nil && f.at < metrics.At(*c.last) || c.past() {
		return q.link("/catalog", nil, "as_of", f.at.String())
	}
	switch f.measure {
	case "catalog.freshness":
		return c.together(q, rows, "fresh", func(r query.CatalogRow) int { return r.Fresh.Num }, "counted")
	case "catalog.owners":
		return c.together(q, rows, "right", func(r query.CatalogRow) int { return r.Owners.Num }, "counted")
	case "catalog.ghosts":
		return c.together(q, rows, "ghost", func(r query.CatalogRow) int { return r.Ghosts }, "ghost")
	}
	for _, r := range rows {
		if f.is(r) {
			return map[string]string{
				"catalog.coverage":  c.coverageLink(q, r.Source, ""),
				"catalog.dark":      c.coverageLink(q, r.Source, "no"),
				"catalog.half_life": q.link("/catalog", nil, "source", r.Source),
			}[f.measure]
		}
	}
	return ""
}

// is reports whether the figure, which is the best or the worst of several catalogs, is that of a catalog.
func (f okrFigure) is(r query.CatalogRow) bool {
	is := func(v *float64) bool { return v != nil && *v == *f.row.Value }
	dark := float64(r.Dark)
	return f.measure == "catalog.coverage" && is(r.Coverage.Rate) || f.measure == "catalog.dark" && r.Coverage.Den > 0 && is(&dark) || f.measure == "catalog.half_life" && is(r.HalfLifeDays)
}

// together is the list of the entities of several catalogs that are so: those of one of them, of all portals, or of all that there are. Where none is
// so, it is that of none.
func (c catalogs) together(q *request, rows []query.CatalogRow, show string, counted func(query.CatalogRow) int, none string) string {
	sum, source := 0, ""
	for _, r := range rows {
		sum, source = sum+counted(r), r.Source
	}
	if sum == 0 {
		show = none
	}
	switch len(rows) {
	case 1:
	case len(c.all):
		source = ""
	default:
		source = metrics.Portals
	}
	return c.entitiesLink(q, source, show)
}
