package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/semver"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestLagAgreesWithTheReference compares both answers about lag with the reference on 200 random organisations.
func TestLagAgreesWithTheReference(t *testing.T) {
	db := openStore(t)
	nameRepos(t, db)
	generation := clickhouse.Generation(0)
	kept := query.NewCache(db, at("2025-01-01").Time) // so that the second answer is made of the same statements
	for range 2 {                                     // a check is of 100 organisations
		rapid.Check(t, func(r *rapid.T) {
			generation++
			o := drawShop(r, generation)
			o.publish(t, db, generation)
			kept.Forget()
			q := o.drawLag(r)
			rows, err := query.Lag(t.Context(), kept, q)
			if err != nil {
				r.Fatal(err)
			}
			near := cmpopts.EquateApprox(0, 1e-9)
			if diff := gocmp.Diff(rows, o.lag(q), near); diff != "" {
				r.Fatalf("%+v of %+v with %+v\n-got +want\n%s", q, o.spans, o.providers, diff)
			}
			paths, err := query.LagByPath(t.Context(), kept, q)
			if err != nil {
				r.Fatal(err)
			}
			if diff := gocmp.Diff(paths, o.lagByPath(q), near); diff != "" {
				r.Fatalf("by path %+v of %+v with %+v\n-got +want\n%s", q, o.spans, o.providers, diff)
			}
			checkLagging(t, r, db, q, paths)
			checkFarBehind(t, r, db, q, rows)
		})
	}
}

// checkLagging demands that as many states are behind a figure of lag as it says.
func checkLagging(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.LagQuestion, paths []query.LagPathRow) {
	for _, row := range paths {
		for lag, want := range map[string]int{"": row.Repos, "newest": row.OnLatest.Num, "behind": row.OnLatest.Den - row.OnLatest.Num, "known": row.OnLatest.Den, "unknown": row.Repos - row.OnLatest.Den} {
			states, err := query.States(t.Context(), db, query.StatesQuestion{Path: row.Path, Team: q.Team, Group: q.Group, AsOf: q.AsOf, Only: "using", Lag: lag})
			if err != nil {
				r.Fatal(err)
			}
			if row.Reason != metrics.ReasonBeforeLaunch && len(states) != want {
				r.Fatalf("lag %q: %d in %+v, but these are behind it: %+v", lag, want, row, states)
			}
		}
	}
}

// checkFarBehind demands that as many states are listed as far behind as use such versions.
func checkFarBehind(t *testing.T, r *rapid.T, db *clickhouse.DB, q query.LagQuestion, versions []query.LagRow) {
	want := 0
	for _, v := range versions {
		if v.DaysBehind != nil && *v.DaysBehind > query.FarBehind {
			want += v.Repos
		}
	}
	states, err := query.States(t.Context(), db, query.StatesQuestion{Path: q.Path, Team: q.Team, Group: q.Group, AsOf: q.AsOf, Only: "using", Lag: "far"})
	if err != nil {
		r.Fatal(err)
	}
	if len(states) != want {
		r.Fatalf("%d are far behind in %+v, and %d are listed", want, versions, len(states))
	}
}

// publish puts the organisation in force for every repository that there may be.
func (o shop) publish(t *testing.T, db *clickhouse.DB, g clickhouse.Generation) {
	t.Helper()
	facts := o.released()
	if err := db.Write(t.Context(), &facts); err != nil {
		t.Fatal(err)
	}
	force(t, db, g, o.defs, clickhouse.Conclusions{Spans: o.spans})
}

// force puts conclusions in force in the place of all that there were about the repositories of random organisations.
func force(t *testing.T, db *clickhouse.DB, g clickhouse.Generation, defs metrics.Definitions, c clickhouse.Conclusions) {
	t.Helper()
	if err := db.WriteDefined(t.Context(), g, &defs); err != nil {
		t.Fatal(err)
	}
	if err := db.WriteConclusions(t.Context(), g, &c); err != nil {
		t.Fatal(err)
	}
	var all []clickhouse.Mark
	for i := range 9 {
		all = append(all, clickhouse.Mark{Repo: metrics.RepoID(i + 1), Generation: g})
	}
	if err := db.Publish(t.Context(), g, 0, all); err != nil {
		t.Fatal(err)
	}
}

// released are the facts that collectors write of the releasing repositories.
func (o shop) released() metrics.Batch {
	var b metrics.Batch
	for name, p := range o.providers {
		b.Repos = append(b.Repos, metrics.Repo{ID: p.repo, Name: name, Source: "git", Seen: 200},
			metrics.Repo{ID: p.repo + 50, Name: name, Source: "git", Seen: 100}, // had the name before
			metrics.Repo{ID: p.repo, Name: name + "-before", Source: "git", Seen: 100})
		b.Releases = append(b.Releases, metrics.Release{Repo: p.repo + 50, Tag: "v7.0.0", At: 1, Object: "x", Commit: "x", Source: "git", Seen: 100})
		for i, tag := range p.seen {
			release := metrics.Release{Repo: p.repo, Tag: tag.name, At: tag.at, Object: "x", Source: tag.source, Seen: tag.seen}
			if release.Commit = p.commits[tag.commit].oid(); tag.gone {
				release.Object, release.Commit = "", ""
			}
			b.Releases = append(b.Releases, release)
			if i+1 == len(p.seen) || p.seen[i+1].seen != tag.seen {
				b.ReleasedCommits = append(b.ReleasedCommits, p.brought(tag.source, tag.seen)...)
			}
		}
	}
	return b
}

func (c commit) oid() metrics.OID {
	id, err := metrics.ParseOID(c.id)
	if err != nil {
		panic(err)
	}
	return id
}

// brought is what a source finds out of its tags when it looked: which release each commit came with.
func (p provider) brought(source string, seen metrics.Instant) []metrics.ReleasedCommit {
	alone := provider{commits: p.commits}
	for _, tag := range p.seen {
		if tag.source == source && tag.seen <= seen {
			alone.seen = append(alone.seen, tag)
		}
	}
	tags := alone.there(metrics.Forever)
	var list []metrics.ReleasedCommit
	for i, c := range p.commits {
		var first *tagged
		for j, tag := range tags {
			_, version, ok := whole(tag.name)
			if ok && p.contains(tag.commit, i) && (first == nil || tag.at == first.at && semver.Compare(version, versionOf(first)) < 0) {
				first = &tags[j]
			}
		}
		if first != nil {
			list = append(list, metrics.ReleasedCommit{Repo: p.repo, Commit: c.oid(), Tag: first.name, Tip: p.commits[first.commit].oid(), Source: source, Seen: seen})
		}
	}
	return list
}

// among draws one of a list; rapid itself prefers those in front, and so small histories and little use.
func among[T any](r *rapid.T, label string, list ...T) T {
	place := 0
	for _, bit := range rapid.SliceOfN(rapid.Bool(), 8, 8).Draw(r, label) {
		if place *= 2; bit {
			place++
		}
	}
	return list[place*len(list)/256]
}

// drawShop draws an organisation with repositories of its own that release what it uses.
func drawShop(r *rapid.T, g clickhouse.Generation) shop {
	o := shop{organisation: drawOrganisation(r), providers: map[string]provider{}}
	o.spans = nil
	for unit := range among(r, "units", 2, 5, 10, 14) {
		for _, path := range o.defs.Paths {
			u := metrics.Unit{Repo: metrics.RepoID(unit/3 + 1), Component: []string{"", "a", "b"}[unit%3]}
			o.spans = append(o.spans, drawUse(r, u, path.Key)...)
		}
	}
	o.drawReleases(r, g)
	return o
}

// drawUse draws what a unit uses: one thing after the other, and mostly.
func drawUse(r *rapid.T, u metrics.Unit, path metrics.PathKey) []metrics.Span {
	s := metrics.Span{Unit: u, Path: path, Period: metrics.Period{From: 1, To: metrics.Forever}, Tree: metrics.On}
	s.State = among(r, "state", append(metrics.States(), metrics.On, metrics.On, metrics.On, metrics.On, metrics.On, metrics.Mixed)...)
	s.Active = among(r, "active", true, true, true, true, true, false)
	s.Team = among[metrics.TeamKey](r, "team", "a", "a", "b", "c", "p", "")
	if among(r, "changes", false, false, true) {
		then := s
		s.To = among(r, "change", interesting()...)
		then.From, then.State, then.Team = s.To, metrics.On, "b"
		if s.From < s.To {
			return []metrics.Span{s, then}
		}
	}
	s.To = metrics.Forever
	return []metrics.Span{s}
}

// drawReleases draws what releases the paths, and what the units pin of it.
func (o shop) drawReleases(r *rapid.T, g clickhouse.Generation) {
	golden, image := fmt.Sprintf("github.com/acme/golden%d", g), fmt.Sprintf("github.com/acme/image%d", g)
	for i, name := range []string{golden, image} {
		o.providers[name] = drawProvider(r, metrics.RepoID(1000*g)+metrics.RepoID(i))
	}
	from := map[metrics.PathKey]provider{}
	for i := range o.defs.Paths {
		path := &o.defs.Paths[i]
		path.LatestTagsOf = among(r, "latest", golden, golden, golden, golden, golden, golden, image, image, image, "", "github.com/acme/nowhere")
		from[path.Key] = o.providers[among(r, "pins of", path.LatestTagsOf, path.LatestTagsOf, path.LatestTagsOf, image)]
	}
	for i := range o.spans {
		o.spans[i].Version = drawPin(r, from[o.spans[i].Path])
	}
}

// drawProvider draws a history and what was seen of its tags: twice by one source, which may find some moved or gone the
// second time, or by another in between, too.
func drawProvider(r *rapid.T, repo metrics.RepoID) provider {
	p := provider{repo: repo}
	for i := range among(r, "commits", 1, 3, 5, 7, 9) {
		begin := among(r, "id", "4f1e2d3", "abcdef0") // ids that begin alike are not told apart by their first digits
		c := commit{id: fmt.Sprintf("%s%x%s", begin, i, strings.Repeat("5", 32))}
		if i > 0 {
			c.parents = append(c.parents, max(0, i-among(r, "parent", 1, 1, 1, 2, 3)))
		}
		if i > 2 && among(r, "merge", false, false, true) {
			c.parents = append(c.parents, among(r, "other parent", 0, i/2, i-1))
		}
		p.commits = append(p.commits, c)
	}
	look := tagDraw{p: p, changes: among(r, "changes", "", "moved", "gone", "moved or gone", "moved, two sources", "gone, two sources")}
	for i := range among(r, "tags", 0, 3, 6, 9, 9, 12, 12) {
		name := among(r, "tag", tagNames()...)
		if _, there := look.find(name); !there {
			look.add(r, name, i)
		}
	}
	look.again(r)
	return look.p
}

// tagDraw draws what was seen of tags.
type tagDraw struct {
	p       provider
	changes string
	late    []string // tags that were made after the first look
}

func (d *tagDraw) find(name string) (tagged, bool) {
	i := slices.IndexFunc(d.p.seen, func(t tagged) bool { return t.name == name })
	if i < 0 {
		return tagged{}, slices.Contains(d.late, name)
	}
	return d.p.seen[i], true
}

// draw draws where the n-th tag leads. Sources that see different tags cannot agree on the order of one instant.
func (d *tagDraw) draw(r *rapid.T, name string, n int, seen metrics.Instant) tagged {
	made := max(among(r, "made", interesting()...), 1)
	if strings.HasSuffix(d.changes, "sources") {
		made += metrics.Instant(n+1) * 60
	}
	return tagged{name: name, commit: rapid.IntRange(0, len(d.p.commits)-1).Draw(r, "commit"), at: made, source: "git", seen: seen}
}

func (d *tagDraw) add(r *rapid.T, name string, n int) {
	if among(r, "late", false, false, false, true) {
		d.late = append(d.late, name)
		return
	}
	d.p.seen = append(d.p.seen, d.draw(r, name, n, 1000))
}

// again looks once more: by another source at the same, then by the first one at what has changed. Of two sources only
// one tag moves, and none while others go: what neither knows cannot be told.
func (d *tagDraw) again(r *rapid.T) {
	before := slices.Clone(d.p.seen)
	for _, tag := range before {
		if tag.source, tag.seen = "host", 2000; strings.HasSuffix(d.changes, "sources") {
			d.p.seen = append(d.p.seen, tag)
		}
	}
	moved := 0
	for i, tag := range before {
		changes := among(r, "changes", true, false)
		moves := strings.HasPrefix(d.changes, "moved") && (moved == 0 || !strings.HasSuffix(d.changes, "sources"))
		goes := strings.Contains(d.changes, "gone")
		switch {
		case changes && moves && !(goes && among(r, "goes", true, false)):
			d.p.seen, moved = append(d.p.seen, d.draw(r, tag.name, 20+i, 3000)), moved+1
		case changes && goes:
			tag.gone, tag.seen = true, 3000
			d.p.seen = append(d.p.seen, tag)
		}
	}
	for i, name := range d.late {
		d.p.seen = append(d.p.seen, d.draw(r, name, 40+i, 3000))
	}
}

// tagNames are whole versions, candidates, families of them, versions that are written in two ways, names that move from
// release to release and such as mean nothing but a commit.
func tagNames() []string {
	return []string{
		"v1.0.0", "v1.0.0", "v1.1.0", "v1.1.0", "v1.2.0", "v2.0.0", "v2.0.0", "v10.0.0", "v1.1.0-rc.1", "v1.1.0-rc.2", "v11.0.0-beta", "1.0.0", "v1.0.0+build.5",
		"v1", "v1.1", "2", "build/v1.0.0", "build/v2.0.0", "build/v2.0.0-rc.1", "deploy/v1.0.0", "deploy/v3.0.0", "deploy/v1", "nightly", "build/lts",
		"release-1.0.0",
	}
}

// drawPin draws what a unit may name: a tag that is there or what looks like one, a commit, a branch, a range, or
// nothing.
func drawPin(r *rapid.T, p provider) string {
	switch kind := among(r, "pin", "tag", "tag", "commit", "commit", "name", "other"); {
	case kind == "name":
		return among(r, "name", append(tagNames(), "refs/tags/v1.0.0", "refs/tags/nightly", "refs/tags/v2.0.0", "refs/tags/build/v2")...)
	case kind == "tag" && len(p.seen) > 0:
		return among(r, "prefix", "", "", "refs/tags/") + rapid.SampledFrom(p.seen).Draw(r, "tag").name
	case kind == "commit" && len(p.commits) > 0:
		id := rapid.SampledFrom(p.commits).Draw(r, "commit").id
		return among(r, "id", id, id[:7], id[:8], id[:8], id[:12], strings.ToUpper(id))
	}
	return among(r, "other", "", "", "", "main", "v3", "~> 1.0", "feature/x", "refs/heads/v1.0.0", "refs/heads/main", "build/v1", "9.9.9", "v2.0.0-rc.1",
		"other/v1.0.0", "defaced", "sha256:4f1e2d3", strings.Repeat("0123456789", 4))
}

func (o shop) drawLag(r *rapid.T) query.LagQuestion {
	a := o.drawQuestion(r)
	q := query.LagQuestion{Path: a.Path, Team: a.Team, Group: a.Group, AsOf: a.AsOf}
	if among(r, "late", true, true, false) {
		q.AsOf = at("2024-07-02")
	}
	return q
}
