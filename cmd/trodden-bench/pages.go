package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/trodden/trodden/dashboards"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	truth "github.com/trodden/trodden/metrics/freshness"
	"github.com/trodden/trodden/metrics/query"
)

// What is promised of every page: how long the server takes for it, in milliseconds, at the 95th percentile, first after a scan
// and with answers kept; and how many kB it has.
const (
	firstWithin = 900
	againWithin = 200
	pageWeighs  = 1000
)

// pagesFigures measures pages of an organisation of 1,000 teams, 10,000 repositories and 8 paths with five years of history, a
// catalog of all repositories, and so many runs: as each is opened first after a scan, with nothing asked before (first) or with
// what a server made ready (ready), while it makes that ready (meanwhile), and again.
func pagesFigures(ctx context.Context, store string, runs, rounds int) ([]figure, error) {
	if store == "" {
		dir, err := os.MkdirTemp("", "trodden-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		store = dir
	}
	made, err := os.ReadDir(store)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	r, err := openTold(ctx, store, runs)
	if err != nil {
		return nil, err
	}
	if len(made) == 0 {
		if err = errors.Join(r.write(ctx), r.settle(ctx)); err == nil {
			err = r.furnish(ctx)
		}
	}
	v := visits{told: r}
	if err == nil {
		err = v.scanned(ctx)
	}
	if err == nil {
		err = v.visit(ctx, rounds)
	}
	return v.figures, errors.Join(err, r.db.Close())
}

// furnish adds what pages show beside runs: longer histories, and a catalog.
func (r *told) furnish(ctx context.Context) error {
	r.pieces = 8
	if err := r.conclude(ctx, r.db); err != nil {
		return err
	}
	if err := r.db.WriteScan(ctx, clickhouse.Scan{ID: uint64(r.now), Began: r.now - 60, Ended: r.now, Complete: true, Repos: ranRepos}); err != nil {
		return err
	}
	records, world := r.catalog()
	m := metrics.DefaultMeasure()
	j := truth.Judge(records, world, m)
	audit := j.Audit()
	return r.db.WriteJudgements(ctx, r.now, []clickhouse.Judgement{
		{Source: "backstage", Judgement: j, Audit: audit, FreshFields: m.FreshFields, Followed: j.IfAllFollowed(audit), HalfLife: 200},
	}, nil)
}

// catalog is one that has all repositories, and of a third a wrong owner.
func (r *told) catalog() ([]truth.Record, truth.World) {
	w := truth.World{Now: r.now, TeamsKnown: true, Complete: true}
	for i := range ranTeams {
		w.Teams = append(w.Teams, truth.Team{Key: ranTeam(i), Known: true, Members: []metrics.Period{{To: metrics.Forever}}})
	}
	var records []truth.Record
	for i := range r.repos {
		name, team := fmt.Sprintf("github.com/acme/r%05d", i), ranTeam(i%ranTeams)
		count := truth.Count{In90: 3, In180: 5}
		w.Repos = append(w.Repos, truth.Repo{Name: name, LastHuman: r.now, Work: truth.Work{Known: true, All: count,
			Teams: []truth.TeamWork{{Team: team, Count: count, Last: r.now}}}})
		if i%3 == 0 {
			team = ranTeam((i + 1) % ranTeams)
		}
		record := truth.Record{Entity: metrics.Entity{
			Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: fmt.Sprintf("r%05d", i)}, Repo: name,
			Descriptor: metrics.Place{Repo: name, Path: "catalog-info.yaml"},
			Fields:     []metrics.EntityField{{Name: metrics.FieldLifecycle, Values: []string{"production"}}, {Name: metrics.FieldOwner, Values: []string{string(team)}}},
		}}
		for label := range 18 {
			record.Fields = append(record.Fields, metrics.EntityField{Name: fmt.Sprintf("label.n%02d", label), Values: []string{fmt.Sprint("note ", i)}})
		}
		slices.SortFunc(record.Fields, func(a, b metrics.EntityField) int { return strings.Compare(a.Name, b.Name) })
		record.Lines = make([]int, len(record.Fields))
		records = append(records, record)
	}
	return records, w
}

// visits opens pages.
type visits struct{ *told }

// addresses lists every page, and lists behind figures, of different paths, teams and repositories each time.
func (v *visits) addresses(round int) map[string]string {
	path, team := ranPath(round%ranPaths), ranTeam((17*round+2)%ranTeams)
	address := func(page string, pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return page + "?" + values.Encode()
	}
	return map[string]string{
		"overview": "/", "teams": "/teams", "repositories": "/states", "catalog": "/catalog", "friction": "/friction", "okrs": "/okrs", "data": "/data", "explore": "/explore",
		"path": address("/path", "path", string(path)), "flows": address("/flows", "path", string(path)), "stays": address("/stays", "path", string(path)),
		"team": address("/team", "team", string(team)), "entities": "/catalog/entities", "repo": address("/repo", "repo", fmt.Sprintf("github.com/acme/r%05d", 31*round%ranRepos)),
		"friction of a path": address("/friction", "path", string(path)), "overview of a group": address("/", "group", fmt.Sprint("group", round%20)),
		"states of a team": address("/states", "team", string(team)), "past": address("/", "as_of", (v.now - ranFor/2).String()),
		"friction of a team": address("/friction", "team", string(team)), "friction of a group": address("/friction", "group", fmt.Sprint("group", round%20)),
		"new repositories": address("/friction/units", "measure", "scaffold", "path", string(path)), "pipelines": address("/friction/units", "measure", "pipeline"),
		"pipelines of a side": address("/friction/units", "measure", "pipeline", "path", string(path), "only", "not_using"),
		"pipelines before":    address("/friction/units", "measure", "pipeline", "path", string(path), "only", "before"),
		"failures":            address("/friction/units", "measure", "recovery", "path", string(path), "only", "using"),
		"coverage":            address("/catalog/repos"),
		"runs of a repo":      address("/friction/runs", "repo", fmt.Sprintf("github.com/acme/r%05d", 31*round%ranRepos)),
		"explored stays":      address("/explore", "measure", "retention.d90", "by", "team", "path", string(path)),
		"teams over time":     address("/explore", "by", "team", "show", "time", "path", string(path)),
	}
}

// scanned does what a scan on the command line does in the end, for whoever asks first. Where it was done before it takes no time.
func (v *visits) scanned(ctx context.Context) error {
	begun := time.Now()
	err := query.MakeReady(ctx, v.db, v.now)
	v.figures = append(v.figures, figure{Name: "pages.scanned", Value: time.Since(begun).Seconds(), Unit: "s", Note: "to work out what takes longest, at the end of a scan"})
	return err
}

// ready are those pages that servers make ready after a scan.
func ready() []string {
	return []string{"overview", "teams", "repositories", "catalog", "friction", "okrs", "data", "explore", "path"}
}

// visit opens each page so many times, each time as after a scan.
func (v *visits) visit(ctx context.Context, rounds int) error {
	first, again, meanwhile := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	var warm []float64
	heaviest, weight := "", 0
	for round := range rounds {
		addresses := v.addresses(round)
		for name, address := range addresses {
			pages, _, err := v.pages(ctx)
			if err != nil {
				return err
			}
			for _, took := range []map[string][]float64{first, again} {
				ms, size, err := open(pages, address)
				if err != nil {
					return err
				}
				took[name] = append(took[name], ms)
				if size > weight {
					heaviest, weight = name, size
				}
			}
		}
		pages, later, err := v.pages(ctx)
		if err != nil {
			return err
		}
		keeping, stop := context.WithCancel(ctx)
		kept, begun := make(chan struct{}), time.Now()
		go func() { pages.KeepWarm(keeping); close(kept) }()
		for _, name := range slices.Backward(ready()) { // who opens the last page waits for it as it is made
			if _, _, err := open(pages, addresses[name]); err != nil {
				stop()
				return err
			}
		}
		warm = append(warm, time.Since(begun).Seconds())
		time.Sleep(3 * time.Second) // until the others are on the shelf
		for _, took := range []struct {
			when string
			by   time.Duration
			into map[string][]float64
		}{{"made ready", 0, again}, {"meanwhile", time.Hour, meanwhile}} {
			later(took.by)
			for _, name := range ready() {
				ms, _, err := open(pages, addresses[name])
				if err != nil {
					stop()
					return err
				}
				took.into[name+", "+took.when] = append(took.into[name+", "+took.when], ms)
			}
		}
		stop()
		<-kept
	}
	for _, of := range []struct {
		name  string
		limit float64
		took  map[string][]float64
	}{{"first", firstWithin, first}, {"first", firstWithin, meanwhile}, {"again", againWithin, again}} {
		for _, name := range slices.Sorted(maps.Keys(of.took)) {
			v.figures = append(v.figures, figure{Name: fmt.Sprintf("pages.%s.%s", of.name, name), Value: p95(of.took[name]), Unit: "ms", Limit: of.limit, AtMost: true,
				Note: fmt.Sprintf("p95 of %d; median %.0f", len(of.took[name]), median(slices.Clone(of.took[name])))})
		}
	}
	v.figures = append(v.figures,
		figure{Name: "pages.ready", Value: median(warm), Unit: "s", Note: "to make the pages of the navigation ready after a scan; " + v.note},
		figure{Name: "pages.weight", Value: float64(weight) / 1000, Unit: "kB", Limit: pageWeighs, AtMost: true, Note: "the heaviest: " + heaviest})
	return nil
}

// pages are those of a server that saw data change a moment ago, and was asked nothing since, and what makes it later for them.
func (v *visits) pages(ctx context.Context) (*dashboards.Pages, func(time.Duration), error) {
	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	later := func(by time.Duration) { now.Add(int64(by)) }
	clock := func() time.Time { return time.Unix(0, now.Load()) }
	cache := query.NewCache(v.db, clock)
	if _, err := cache.Settled(ctx, 1); err != nil {
		return nil, nil, err
	}
	later(2 * time.Second)
	pages, err := dashboards.New(dashboards.Options{DB: cache, Now: clock, Org: "acme", Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	return pages, later, err
}

// open asks for a page. It returns how many milliseconds that took, and how many bytes came.
func open(pages http.Handler, address string) (ms float64, size int, err error) {
	w, begun := httptest.NewRecorder(), time.Now()
	pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	ms = float64(time.Since(begun).Microseconds()) / 1000
	if w.Code != http.StatusOK {
		return 0, 0, fmt.Errorf("%s: status %d", address, w.Code)
	}
	return ms, w.Body.Len(), nil
}

// p95 is the smallest value that 95 of 100 do not exceed.
func p95(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Ceil(0.95*float64(len(sorted))))-1]
}
