package dashboards

import (
	"context"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// exploreMeasure is something that can be explored.
type exploreMeasure struct {
	key, text, words string
	next             string // what to do where nothing is known of it; "" where nothing in particular

	unit     *exploreUnit
	by       []string // what it can be told apart by, first what it is where nothing is said
	over     bool     // there is a series of it
	period   bool     // it is of a time rather than of a moment
	catalogs bool     // it is of catalogs, which are of no path, team or group
	ask      func(context.Context, *exploring) ([]explored, error)
	resource func(*exploring) (address string, pairs []string) // of the API; "" where it tells none by that dimension
}

// exploreUnit is what figures are counted in.
type exploreUnit struct {
	column, axis string
	highest      any     // where axes end; nil: where the figures do
	step         float64 // that axes count in at least; 0: any
	write        func(float64) string
}

var (
	inShares   = &exploreUnit{"Rate", " %", 100, 0, func(v float64) string { return percent(v) }}
	inDays     = &exploreUnit{"Days", " d", nil, 1, func(v float64) string { return days(v) }}
	inHours    = &exploreUnit{"Hours", " h", nil, 0, func(v float64) string { return hours(&v) }}
	inReleases = &exploreUnit{"Releases", "", nil, 1, amount}
	inNumbers  = &exploreUnit{"Value", "", nil, 0, amount}
)

// shares reports whether figures are percentages.
func (u *exploreUnit) shares() bool { return u == inShares }

// newAmount is a figure that is no proportion, with its 95 % interval where it has one.
func (u *exploreUnit) newAmount(v, lo, hi *float64, why metrics.Reason, parts string) figure {
	if v == nil {
		if why == "" {
			why = metrics.ReasonNotReached
		}
		return figure{Text: nothing, Interval: nothing, Why: phrase.WhyNot(why)}
	}
	f := figure{known: true, share: *v, exact: exact{*v, lo, hi}, Text: u.write(*v), Parts: parts}
	if u.shares() {
		f.share *= 100
	}
	if lo != nil && hi != nil {
		f.Interval, f.Lo, f.Hi = u.write(*lo)+" to "+u.write(*hi), *lo, *hi
		if u.shares() {
			f.Lo, f.Hi = *lo*100, *hi*100
		}
	}
	return f
}

func measureKeys(list []exploreMeasure) []string {
	keys := make([]string, len(list))
	for i, m := range list {
		keys[i] = m.key
	}
	return keys
}

// exploreMeasures are what can be explored, first what is where nothing is named.
func exploreMeasures() []exploreMeasure {
	return append(append(adoptionMeasures(), timeMeasures()...), catalogMeasures()...)
}

// adoptionMeasures are those of the states of repositories.
func adoptionMeasures() []exploreMeasure {
	type row = query.AdoptionRow
	rate := func(key, text, words, only string, pick func(row) (query.Rate, *query.Bounds)) exploreMeasure {
		m := exploreMeasure{key: key, text: text, words: words, unit: inShares, by: []string{byPath, byTeam, byGroup}, over: true, resource: adoptionResource}
		m.ask = func(ctx context.Context, e *exploring) ([]explored, error) { return e.adoption(ctx, only, pick) }
		return m
	}
	all := rate("repos.total", "All adoption, repositories", "Of the repositories that the path serves, those that use it, by choice or not.", "served", func(r row) (query.Rate, *query.Bounds) { return r.Repos.Total, r.Bounds.ReposTotal })
	all.by = append(all.by, byOrigin, byWay)
	byRate := all.ask
	all.ask = func(ctx context.Context, e *exploring) ([]explored, error) {
		switch e.by {
		case byOrigin:
			return e.origins(ctx)
		case byWay:
			return e.ways(ctx)
		}
		return byRate(ctx, e)
	}
	ofTeams := func(key, text, words, only string, pick func(row) (query.Rate, *query.Bounds)) exploreMeasure {
		m := rate(key, text, words, only, pick)
		m.by = []string{byPath, byGroup} // a share of one team says nothing
		return m
	}
	return []exploreMeasure{
		ofTeams("teams.voluntary", "Voluntary adoption, teams", "Of the teams that have a choice, those that chose the path.", "choice",
			func(r row) (query.Rate, *query.Bounds) { return r.Teams.Voluntary, r.Bounds.TeamsVoluntary }),
		ofTeams("teams.total", "All adoption, teams", "Of the teams that the path serves, those that are on it, by choice or not.", "served",
			func(r row) (query.Rate, *query.Bounds) { return r.Teams.Total, r.Bounds.TeamsTotal }),
		ofTeams("teams.gross", "Gross adoption, teams", "Of all teams that the path is for, mandated and excused ones included, those that chose it.", "eligible",
			func(r row) (query.Rate, *query.Bounds) { return r.Teams.Gross, r.Bounds.TeamsGross }),
		rate("repos.voluntary", "Voluntary adoption, repositories", "Of the repositories that have a choice, those that came to the path by choice.", "choice",
			func(r row) (query.Rate, *query.Bounds) { return r.Repos.Voluntary, r.Bounds.ReposVoluntary }),
		all,
		rate("repos.gross", "Gross adoption, repositories", "Of all repositories that the path is for, mandated and excused ones included, those that came by choice.", "eligible",
			func(r row) (query.Rate, *query.Bounds) { return r.Repos.Gross, r.Bounds.ReposGross }),
		{key: "fragmentation", text: "Fragmentation", words: "In how many ways the job is done: 0\u202f% where all go one way, 100\u202f% where all ways are equally common.",
			unit: inShares, by: []string{byPath}, over: true, ask: asks((*exploring).fragmentation), resource: resource("/api/v1/fragmentation")},
		{key: "flow.voluntary", text: "Voluntary flow", words: "Of the free decisions in the time, those for the path. Over time each period stands for itself.",
			unit: inShares, by: []string{byPath}, over: true, period: true, ask: asks((*exploring).flow), resource: resource("/api/v1/voluntary-flow")},
		{key: "activation", text: "Activation", words: "Of the repositories that are configured to go the path and whose runs are known, those whose pipeline ran within 28 days.",
			next: runsAreRead, unit: inShares, by: []string{byPath, byTeam, byGroup}, ask: asks((*exploring).activation), resource: resource("")},
	}
}

// runsAreRead says what to do where no run is known.
const runsAreRead = "Runs and deployments are read from GitHub and GitLab, not from clones: name one of them as a source."

// timeMeasures are those of how long something lasts, took, or is behind.
func timeMeasures() []exploreMeasure {
	parts := []string{byPath, byTeam, byGroup}
	lag := func(key, text, words string, unit *exploreUnit, pick func(query.LagPathRow) *float64) exploreMeasure {
		return exploreMeasure{key: key, text: text, words: words, unit: unit, by: parts, resource: pathsResource("/api/v1/lag", "by", byPath),
			ask: func(ctx context.Context, e *exploring) ([]explored, error) { return e.lag(ctx, pick) }}
	}
	friction := func(m query.FrictionMeasure, text, words string) exploreMeasure {
		return exploreMeasure{key: "friction." + string(m), text: text, words: words + " The median of those on the path.", next: runsAreRead, unit: inHours, by: []string{byPath},
			ask:      func(ctx context.Context, e *exploring) ([]explored, error) { return e.friction(ctx, m) },
			resource: resource("/api/v1/friction", "measure", string(m))}
	}
	return []exploreMeasure{
		{key: "retention.d90", text: "Still there after 90 days", words: "Of the stays on the path, those that go on after 90 days.", unit: inShares, by: append(parts, byOrigin),
			ask: asks((*exploring).retention), resource: pathsResource("/api/v1/retention")},
		{key: "time_to_adopt.median", text: "Time to adopt", words: "From the launch of the path, or the birth of a repository if that was later, until half of the repositories used it. Of those that did not come yet it is only known that they take longer.",
			unit: inDays, by: parts, ask: asks((*exploring).timeToAdopt), resource: pathsResource("/api/v1/time-to-adopt")},
		lag("lag.latest", "On the newest release", "Of the repositories whose release is known, those on the newest.", inShares, nil),
		lag("lag.releases", "Releases behind", "Releases from the one in use to the newest; half of the repositories lag no more than that.", inReleases, func(r query.LagPathRow) *float64 { return r.ReleasesBehind.Median }),
		lag("lag.days", "Days behind", "From the release in use to the newest; half of the repositories lag no more than that.", inDays, func(r query.LagPathRow) *float64 { return r.DaysBehind.Median }),
		friction(query.ScaffoldLead, "Until the first green pipeline", frictionWords[query.ScaffoldLead].words), friction(query.DeployLead, "Until the first deployment", frictionWords[query.DeployLead].words),
		friction(query.Pipelines, "How long a pipeline takes", "Runs on default branches, from begin to end."), friction(query.Recovery, "Time back to green", frictionWords[query.Recovery].words),
		friction(query.TenthPull, "Time to the tenth pull request", frictionWords[query.TenthPull].words),
	}
}

// catalogMeasures are those of catalogs.
func catalogMeasures() []exploreMeasure {
	catalog := func(key, text, words string, by []string, ask func(context.Context, *exploring) ([]explored, error)) exploreMeasure {
		return exploreMeasure{key: "catalog." + key, text: text, words: words, unit: inShares, by: by, catalogs: true, ask: ask, resource: catalogResource}
	}
	both := []string{byCatalog, byTeam}
	return []exploreMeasure{
		catalog("freshness", "Catalog freshness", "Entities whose owner is right, and of whose fields that count none is wrong or aged.", both, asks((*exploring).freshness)),
		catalog("owners", "Catalog owners", "Entities whose owner is right.", both, asks((*exploring).owners)),
		catalog("coverage", "Catalog coverage", "Active repositories that have an entity.", []string{byCatalog}, asks((*exploring).coverage)),
	}
}

// resource is one of the API.
func resource(address string, pairs ...string) func(*exploring) (string, []string) {
	return func(*exploring) (string, []string) { return address, append([]string{}, pairs...) }
}

// pathsResource has rows by path, and none by team or group.
func pathsResource(address string, pairs ...string) func(*exploring) (string, []string) {
	return func(e *exploring) (string, []string) {
		if e.by == byTeam || e.by == byGroup {
			return "", nil
		}
		return address, append([]string{}, pairs...)
	}
}

func adoptionResource(e *exploring) (string, []string) {
	if e.by == byWay {
		return "/api/v1/fragmentation", []string{}
	}
	return "/api/v1/adoption", []string{"by", e.by}
}

func catalogResource(e *exploring) (string, []string) {
	if e.by == byTeam {
		return "", nil
	}
	return "/api/v1/catalog", []string{}
}

// asks is a question of what is explored.
func asks(question func(*exploring, context.Context) ([]explored, error)) func(context.Context, *exploring) ([]explored, error) {
	return func(ctx context.Context, e *exploring) ([]explored, error) { return question(e, ctx) }
}
