package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// knownPath returns the path of that key, or a failure that names those there are. The empty key is every
// path.
func (s *Server) knownPath(ctx context.Context, key string) (metrics.PathKey, error) {
	if key == "" {
		return "", nil
	}
	rows, err := query.Paths(ctx, s.db)
	if err != nil {
		return "", err
	}
	return metrics.PathKey(key), among("path", key, rows, func(r query.PathRow) string { return string(r.Key) })
}

// knownTeam does the same for teams.
func (s *Server) knownTeam(ctx context.Context, key string) (metrics.TeamKey, error) {
	if key == "" {
		return "", nil
	}
	rows, err := query.Teams(ctx, s.db)
	if err != nil {
		return "", err
	}
	return metrics.TeamKey(key), among("team", key, rows, func(r query.TeamRow) string { return string(r.Key) })
}

// knownGroup does the same for groups of teams, those that hold only other groups among them.
func (s *Server) knownGroup(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	rows, err := query.Groups(ctx, s.db)
	if err != nil {
		return "", err
	}
	return key, among("group", key, rows, func(r query.GroupRow) string { return r.Key })
}

// knownWay does the same for ways: those of a path, or of all.
func (s *Server) knownWay(ctx context.Context, path metrics.PathKey, key string) (metrics.WayKey, error) {
	if key == "" {
		return "", nil
	}
	rows, err := query.Paths(ctx, s.db)
	if err != nil {
		return "", err
	}
	var ways []metrics.WayKey
	for _, row := range rows {
		if path == "" || row.Key == path {
			ways = append(ways, row.Ways...)
		}
	}
	return metrics.WayKey(key), among("way", key, ways, func(w metrics.WayKey) string { return string(w) })
}

// unit is a repository, or one component of it, that was asked for by name.
type unit struct {
	name   string // newest name of the repository
	id     metrics.RepoID
	single *metrics.Unit // the component, where one was named
}

// knownUnit finds a repository by any name it ever had. The empty name is every repository.
func (s *Server) knownUnit(ctx context.Context, name string) (unit, error) {
	if name == "" {
		return unit{}, nil
	}
	found, repo, err := query.FindUnit(ctx, s.db, name)
	if err != nil {
		return unit{}, hinted(err, "GET /api/v1/repos lists the repositories")
	}
	u := unit{name: repo, id: found.Repo}
	if found.Component == "" {
		return u, nil
	}
	u.single = &found
	return u, s.everThere(ctx, u)
}

// everThere fails for a component that never was one. One that is gone is known.
func (s *Server) everThere(ctx context.Context, u unit) error {
	events, err := query.Events(ctx, s.db, query.EventsQuestion{Unit: u.single, Limit: 1})
	if err != nil || len(events) > 0 {
		return err
	}
	states, err := query.States(ctx, s.db, query.StatesQuestion{Unit: u.single, AsOf: s.instant(), Limit: 1})
	if err == nil && len(states) == 0 {
		err = &failure{kind: metrics.ErrNotFound, detail: fmt.Sprintf("%s has no component %q", u.name, u.single.Component),
			hint: "GET /api/v1/states lists the components"}
	}
	return err
}

// hinted adds a hint to an error about what the caller gave; other errors stay as they are.
func hinted(err error, hint string) error {
	for _, s := range statuses[:2] { // invalid and not found
		if detail, ok := strings.CutSuffix(err.Error(), ": "+s.err.Error()); ok {
			return &failure{kind: s.err, detail: detail, hint: hint}
		}
	}
	return err
}

// among returns nil where a row has the key, and otherwise a failure that names the nearest keys.
func among[T any](what, key string, rows []T, keyOf func(T) string) error {
	var keys []string
	for _, row := range rows {
		if k := keyOf(row); k == key {
			return nil
		} else if k != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	f := &failure{kind: metrics.ErrNotFound, detail: fmt.Sprintf("there is no %s %q", what, key)}
	f.hint = nearHint(what, key, slices.Compact(keys))
	return f
}

// withArticle puts a or an before a word.
func withArticle(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// nearHint names the keys that are most like one that there is not, and says when a new one will be there.
func nearHint(what, key string, keys []string) string {
	hint := withArticle(what) + " that is new in the configuration is there after the next scan"
	switch near := nearest(key, keys); {
	case len(keys) == 0:
		return hint
	case len(near) < len(keys):
		return "the nearest are " + strings.Join(near, ", ") + "; " + hint
	default:
		return "there is " + strings.Join(near, ", ") + "; " + hint
	}
}

// manyKeys is the number of keys above which only the nearest are named.
const manyKeys = 10

// nearest returns the keys that are most like the given one, the likest first; all of them, in order, where
// they are few.
func nearest(key string, keys []string) []string {
	if len(keys) <= manyKeys {
		return keys
	}
	distance := make(map[string]int, len(keys))
	for _, k := range keys {
		distance[k] = levenshtein.Distance(key, k, nil)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return distance[a] - distance[b] })
	return keys[:3]
}

// knownFilters returns the path, the team and the group that the parameters name; empty where they name none.
func (s *Server) knownFilters(ctx context.Context, p *params) (path metrics.PathKey, team metrics.TeamKey, group string, err error) {
	if path, err = s.knownPath(ctx, p.text("path")); err != nil {
		return "", "", "", err
	}
	if team, err = s.knownTeam(ctx, p.text("team")); err != nil {
		return "", "", "", err
	}
	group, err = s.knownGroup(ctx, p.text("group"))
	return path, team, group, err
}
