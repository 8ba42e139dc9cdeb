package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// known is what filters can choose from.
type known struct {
	paths   []query.PathRow
	teams   []query.TeamRow
	groups  []query.GroupRow
	changes []query.DefinitionRow // of definitions, up to the moment asked about
	fresh   query.Freshness
	tried   *query.ScanRow // the newest scan, where none came to its end; nil where there was none
	gone    string         // the path that a request names and that there is not
}

// known asks for it, and notes which filters of a request name something else.
func (p *Pages) known(ctx context.Context, q *request) (*known, error) {
	var k known
	all, allCtx := errgroup.WithContext(ctx)
	all.Go(answer(&k.paths, "paths", func() ([]query.PathRow, error) { return query.Paths(allCtx, p.DB) }))
	all.Go(answer(&k.teams, "teams", func() ([]query.TeamRow, error) { return query.Teams(allCtx, p.DB) }))
	all.Go(answer(&k.groups, "groups", func() ([]query.GroupRow, error) { return query.Groups(allCtx, p.DB) }))
	all.Go(answer(&k.fresh, "how fresh the data are", func() (query.Freshness, error) { return query.Fresh(allCtx, p.DB, q.asOf) }))
	all.Go(answer(&k.changes, "changes of definitions", func() ([]query.DefinitionRow, error) { return query.Definitions(allCtx, p.DB, q.asOf) }))
	if err := all.Wait(); err != nil {
		return nil, err
	}
	if k.fresh.Scanned == metrics.Beginning {
		begun, err := query.Scans(ctx, p.DB, query.ScansQuestion{Limit: 1, Silent: q.clock - query.HeardOf})
		if err != nil {
			return nil, fmt.Errorf("ask for scans: %w", err)
		}
		if len(begun) > 0 {
			k.tried = &begun[0]
		}
	}
	if len(k.paths) == 0 && k.fresh.Scanned == metrics.Beginning { // nothing is known of what the definitions name
		for _, name := range []string{"path", "team", "group"} {
			delete(q.values, name)
		}
	}
	if path, given := q.values["path"]; given && !slices.ContainsFunc(k.paths, func(r query.PathRow) bool { return string(r.Key) == path }) {
		q.wrong("There is no path %q.", path)
		k.gone = path
		delete(q.values, "path")
	}
	if team, given := q.values["team"]; given && !slices.ContainsFunc(k.teams, func(r query.TeamRow) bool { return string(r.Key) == team }) {
		q.wrong("There is no team %q.", team)
		delete(q.values, "team")
	}
	if group, given := q.values["group"]; given && !slices.ContainsFunc(k.groups, func(r query.GroupRow) bool { return r.Key == group }) {
		q.wrong("There is no group %q.", group)
		delete(q.values, "group")
	}
	team, group := k.team(q), k.group(q)
	if i := slices.IndexFunc(k.teams, func(r query.TeamRow) bool { return r.Key == team }); i >= 0 && group != "" && !slices.Contains(k.teams[i].Groups, group) {
		q.wrong("Team %s does not belong to group %s: take one of the two away.", team, group)
	}
	return &k, nil
}

// path returns the path that a request is about; "" for all.
func (k *known) path(q *request) metrics.PathKey { return metrics.PathKey(q.values["path"]) }

// ways are those that a path names: its own, and then its alternatives.
func (k *known) ways(key metrics.PathKey) []metrics.WayKey {
	if i := slices.IndexFunc(k.paths, func(p query.PathRow) bool { return p.Key == key }); i >= 0 {
		return k.paths[i].Ways
	}
	return nil
}

// one reports whether a request is about one path: it names one, or there is no other.
func (k *known) one(q *request) bool { return k.path(q) != "" || len(k.paths) == 1 }

// team returns the team that a request is about; "" for all.
func (k *known) team(q *request) metrics.TeamKey { return metrics.TeamKey(q.values["team"]) }

// group returns the group that a request is about, with all groups below it; "" for all.
func (k *known) group(q *request) string { return q.values["group"] }

// hasWay reports whether the path that a request is about has a way, or any path where it is about all.
func (k *known) hasWay(q *request, way metrics.WayKey) bool {
	return slices.ContainsFunc(k.paths, func(r query.PathRow) bool {
		return (k.path(q) == "" || r.Key == k.path(q)) && slices.Contains(r.Ways, way)
	})
}

// someWay is another way than the path that a request is about; "" where there is none.
func (k *known) someWay(q *request) string {
	for _, r := range k.paths {
		if r.Key == k.path(q) && len(r.Ways) > 1 {
			return string(r.Ways[1])
		}
	}
	return ""
}

// sort puts states in order of component and then of the definitions of paths.
func (k *known) sort(rows []query.StateRow) {
	position := func(key metrics.PathKey) int {
		return slices.IndexFunc(k.paths, func(p query.PathRow) bool { return p.Key == key })
	}
	slices.SortStableFunc(rows, func(a, b query.StateRow) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), position(a.Path)-position(b.Path))
	})
}

// title returns the title of a path.
func (k *known) title(key metrics.PathKey) string {
	for _, p := range k.paths {
		if p.Key == key && p.Title != "" {
			return p.Title
		}
	}
	return string(key)
}

// onAt is the share of its repositories that makes a team be on a path.
func (k *known) onAt(key metrics.PathKey) float64 {
	for _, p := range k.paths {
		if p.Key == key {
			return p.TeamOnAt
		}
	}
	return 0.5
}

// rule says when a team counts as one that chose a path, as the definitions have it.
func (k *known) rule() string {
	enough := "enough of its active repositories use it (the definitions say how many)"
	if len(k.paths) > 0 && !slices.ContainsFunc(k.paths, func(p query.PathRow) bool { return p.TeamOnAt != k.paths[0].TeamOnAt }) {
		enough = percent(k.paths[0].TeamOnAt) + " or more of its active repositories use it"
	}
	return "A team chose a path when " + enough + " and " + percent(0.5) + " or more of those came by choice: a single repository of many does not make it so."
}

// said begins a sentence about a path with its title.
func (k *known) said(key metrics.PathKey, sentence string) string {
	if key == "" {
		return strings.ToUpper(sentence[:1]) + sentence[1:]
	}
	return k.title(key) + ": " + sentence
}

// teamTitle returns the title of a team where it has one of its own.
func (k *known) teamTitle(key metrics.TeamKey) string {
	for _, t := range k.teams {
		if t.Key == key && t.Title != string(key) {
			return t.Title
		}
	}
	return ""
}

// empty says what to do where there is nothing to show; nil where there is something.
func (k *known) empty() *empty {
	switch {
	case len(k.paths) > 0:
		return nil
	case k.fresh.Scanned == metrics.Beginning && k.tried != nil:
		return k.unfinished()
	case k.fresh.Scanned == metrics.Beginning:
		return &empty{What: "There has been no scan yet.", Command: "trodden scan",
			Next: "Say in trodden.yaml where the repositories are and what the paths look like; trodden init writes a first one. Then run:"}
	}
	return &empty{What: "No path is defined.", Command: "trodden check",
		Next: "Define a path in trodden.yaml: a key and a golden rule are enough. Then scan again. This says whether the configuration is right:"}
}

// unfinished says why there is nothing to show although somebody scanned.
func (k *known) unfinished() *empty {
	switch row := k.tried; row.State {
	case "running":
		return &empty{What: "The first scan is running.", Next: "There is something to see when it has come to its end. How far it is:", Command: "trodden scans"}
	case "failed":
		return &empty{What: "No scan came to its end yet: the newest failed.", Next: cmp.Or(strings.TrimSuffix(row.Error, "."), "It did not say why") + ". Mend that, and scan again:", Command: "trodden scan"}
	}
	return &empty{What: "No scan came to its end yet: the newest was interrupted.", Next: "What it read is kept. Let it go on:", Command: "trodden scan"}
}
