package dashboards

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// hostileNames are names that somebody may give to anything, for a purpose or without one.
var hostileNames = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "=cmd()|' /C calc'!A0", "+1", "@SUM(1)", "javascript:alert(1)", "{{.}} ${x} %0d%0aBcc:x",
	strings.Repeat("long", 125), "مرحبا بالعالم", "\u202egro.live\u2066", "🦊👩🏽‍🚀", "a/b?c#d&e=f", "..", "a\u200bb",
}

// hostileStore is a store of repositories, teams, groups, paths, ways and versions of such names.
func hostileStore(t testing.TB) query.DB {
	t.Helper()
	db, ctx := emptyStore(t), t.Context()
	g, err := db.NextGeneration(ctx)
	check(t, err)
	defs := metrics.Definitions{Org: hostileNames[0], Measure: metrics.DefaultMeasure()}
	var facts metrics.Batch
	var c clickhouse.Conclusions
	var marks []clickhouse.Mark
	born, always := at("2025-01-01"), metrics.Period{From: at("2025-01-01"), To: metrics.Forever}
	for i, name := range hostileNames {
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: metrics.TeamKey(name), Title: name, Group: name})
		if i < 3 || i == 9 {
			defs.Paths = append(defs.Paths, metrics.Path{Key: metrics.PathKey(fmt.Sprint("path", i)), Title: name, Alternatives: []metrics.Alternative{{Key: metrics.WayKey(name)}}})
		}
		repo := "local/" + name
		unit := metrics.Unit{Repo: metrics.NewRepoID(repo)}
		facts.Repos = append(facts.Repos, metrics.Repo{ID: unit.Repo, Name: repo, Source: name, Seen: at("2026-06-30")})
		facts.Readings = append(facts.Readings, metrics.Reading{Source: name, Repo: unit.Repo, At: at("2026-06-30"), Complete: i%4 > 0, Detail: name})
		c.Ownership = append(c.Ownership, metrics.Ownership{Unit: unit, Team: metrics.TeamKey(name), Source: metrics.OwnerConfig, Period: always})
		marks = append(marks, clickhouse.Mark{Repo: unit.Repo, Generation: g})
	}
	for i, name := range hostileNames {
		for j, path := range defs.Paths {
			s := span(i, path.Key, born, at("2038-01-19"), metrics.Off) // and in the future once more
			s.Unit.Repo, s.Team, s.Active, s.Ways = metrics.NewRepoID("local/"+name), metrics.TeamKey(name), true, []metrics.WayKey{metrics.WayKey(path.Alternatives[0].Key)}
			on := s
			on.Period, on.State, on.Tree, on.Ways = metrics.Period{From: at("2038-01-19"), To: metrics.Forever}, metrics.On, metrics.On, []metrics.WayKey{metrics.Golden}
			if (i+j)%2 == 0 {
				s.To, on.From = at("2026-06-28"), at("2026-06-28")
				on.Version, on.Origin, on.SpellFrom, on.Since = name, metrics.Chosen, on.From, on.From
				c.Spells = append(c.Spells, metrics.Spell{Unit: s.Unit, Path: path.Key, Period: on.Period, Outcome: metrics.Running, Known: true, Choice: true, Team: s.Team, Origin: metrics.Chosen})
			}
			c.Spans = append(c.Spans, s, on)
		}
	}
	check(t, db.Write(ctx, &facts))
	check(t, db.WriteScan(ctx, clickhouse.Scan{ID: 1, Began: at("2026-07-01") - 9, Ended: at("2026-07-01"), Complete: true, Repos: uint32(len(hostileNames))}))
	check(t, db.WriteDefined(ctx, g, &defs))
	check(t, db.WriteConclusions(ctx, g, &c))
	check(t, db.Publish(ctx, g, 0, marks))
	return query.NewCache(db, clock)
}

// TestHostileNames goes to every page that any page leads to: none fails, names are texts and no more, and each list is there.
func TestHostileNames(t *testing.T) {
	p := newTest(t, hostileStore(t))
	seen, todo := map[string]bool{}, []string{"/", "/catalog", "/friction", "/okrs", "/data", "/explore?by=team&show=time"}
	kinds, shown, from := map[string]int{}, map[string]bool{}, map[string]string{}
	for len(todo) > 0 {
		target := todo[0]
		todo = todo[1:]
		address, err := url.Parse(target)
		check(t, err)
		kind := address.Path + " " + strings.Join(slices.Sorted(maps.Keys(address.Query())), " ")
		most := 2
		if address.Path == "/team" || address.Path == "/repo" {
			most = len(hostileNames)
		}
		if seen[target] || strings.HasPrefix(target, "/api/") || strings.HasPrefix(target, "/assets/") || kinds[kind] >= most {
			continue
		}
		seen[target] = true
		kinds[kind]++
		if address.Query().Get("format") == formatCSV {
			noFormulas(t, p, target)
			continue
		}
		status, root, text := get(t, p, target)
		if status != http.StatusOK {
			t.Errorf("%s, to which %s leads: got %d: %.200s", target, from[target], status, words(root))
		}
		if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") || strings.ContainsFunc(text, turns) {
			t.Errorf("%s: a name is more than a text", target)
		}
		holds(t, root, text)
		for _, name := range hostileNames {
			shown[name] = shown[name] || strings.Contains(words(root), name)
		}
		for _, a := range elements(root, "a") {
			if href := attr(a, "href"); strings.HasPrefix(href, "/") {
				todo = append(todo, href)
				if from[href] == "" {
					from[href] = target
				}
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d pages were found", len(seen))
	}
	for _, name := range hostileNames {
		if !shown[name] && !strings.ContainsFunc(name, turns) {
			t.Errorf("no page shows %q", name)
		}
	}
	noFormulas(t, p, "/explore?by=team&path=path0&measure=repos.total&format=csv")
	for _, path := range []string{"/team", "/repo", "/path", "/states", "/teams", "/flows", "/stays", "/friction", "/explore", "/data", "/okrs", "/catalog"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(kinds)), func(kind string) bool { return strings.HasPrefix(kind, path+" ") }) {
			t.Errorf("no page leads to %s", path)
		}
	}
}

// noFormulas reads a page as a file: what is no number begins with nothing that a spreadsheet calculates.
func noFormulas(t *testing.T, p *Pages, target string) {
	t.Helper()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	lines, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: got %d %v, %v", target, w.Code, w.Header(), err)
	}
	for _, cell := range slices.Concat(lines...) {
		if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.IndexAny(cell, "=+-@\t\r") == 0 {
			t.Errorf("%s: %q is a formula", target, cell)
		}
	}
}

// turns reports whether a rune turns the direction of all text around it.
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }
