package main

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/freshness"
)

// judgedAt is when tests judge first.
const judgedAt = metrics.Instant(1_790_000_000)

func before(days metrics.Instant) metrics.Instant { return judgedAt - days*metrics.Day }

// organ is a small organisation with catalogs, in a store.
type organ struct {
	*testing.T
	catalogJudge
	clock metrics.Instant
}

// Who is in which team: of each team the aliases and persons of its members.
const (
	ofPayments metrics.AliasID = 1
	ofCheckout metrics.AliasID = 2
	ofIdle     metrics.AliasID = 3
	ofNone     metrics.AliasID = 4
	whoLeft    metrics.AliasID = 5
	aBot       metrics.AliasID = 6
)

// newOrgan makes one in which code hosts have the teams payments, checkout, idle and left, and a catalog the group
// payments. A portal is configured, and who has all repositories of acme.
func newOrgan(t *testing.T) *organ {
	t.Helper()
	rules, err := classify.New(metrics.Definitions{
		Measure: metrics.DefaultMeasure(),
		Teams:   metrics.Teams{List: []metrics.Team{{Key: "platform", Aliases: []string{"plat-*"}, Members: []metrics.Member{{ID: "ada", Until: metrics.Forever}}}, {Key: "bare"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &organ{T: t, clock: judgedAt}
	o.catalogJudge = catalogJudge{
		db: ownStore(t), rules: rules, log: slog.New(slog.DiscardHandler), now: func() time.Time { return o.clock.Time() },
		sources: []config.Source{
			{Kind: "github", Name: "github", GitHub: &config.GitHub{Org: "Acme"}},
			{Kind: "backstage", Name: "backstage", Catalog: &config.Catalog{}},
		},
	}
	if _, err := o.db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := metrics.Batch{Listings: []metrics.Listing{{Source: "github", At: before(1), Full: true, Whole: true, Repos: 5}}}
	for team, alias := range map[string]metrics.AliasID{"payments": ofPayments, "checkout": ofCheckout, "idle": ofIdle, "left": whoLeft} {
		m := metrics.Membership{Alias: alias, Person: metrics.PersonID(alias), Team: metrics.TeamKey("@acme/" + team), Source: "github", Period: metrics.Period{To: metrics.Forever}, Seen: judgedAt}
		if team == "left" {
			m.To = before(40)
		}
		b.Memberships = append(b.Memberships, m)
		b.HostTeams = append(b.HostTeams, metrics.HostTeam{Ref: m.Team, Name: team, Source: "github", Seen: judgedAt})
	}
	for alias := ofPayments; alias <= aBot; alias++ {
		id := metrics.Identity{Alias: alias, Person: metrics.PersonID(alias), Kind: metrics.Human, Source: "github", Seen: judgedAt}
		if alias == aBot {
			id.Kind = metrics.Bot
		}
		b.Identities = append(b.Identities, id)
	}
	o.write(b)
	return o
}

func (o *organ) write(b metrics.Batch) {
	o.Helper()
	if err := o.db.Write(o.Context(), &b); err != nil {
		o.Fatal(err)
	}
}

// worked is a commit so many days ago.
type worked struct {
	who  metrics.AliasID
	days metrics.Instant
}

// repo writes a repository with what was committed to it, read at its head.
func (o *organ) repo(r metrics.Repo, commits ...worked) metrics.RepoID {
	o.Helper()
	r.ID, r.Source, r.Seen, r.Head = metrics.NewRepoID(r.Name), "github", judgedAt, metrics.OID(strings.Repeat("h", 20))
	walk := metrics.Walk{ID: metrics.WalkID(r.ID), Repo: r.ID, Head: r.Head, Commits: uint32(len(commits)), At: judgedAt, Branch: "main"}
	b := metrics.Batch{Repos: []metrics.Repo{r}, Walks: []metrics.Walk{walk}}
	b.Readings = []metrics.Reading{{Repo: r.ID, Source: "github", At: judgedAt, Complete: true, Head: r.Head}}
	for pos, c := range commits {
		b.Commits = append(b.Commits, metrics.Commit{Repo: r.ID, Walk: walk.ID, Pos: uint32(pos), OID: r.Head, Author: c.who, Committed: before(c.days)})
	}
	o.write(b)
	return r.ID
}

// component is what a catalog says of one about a repository: name=value, sorted by name.
func component(name, repo string, fields ...string) metrics.Snapshot {
	s := metrics.Snapshot{Entity: metrics.Entity{
		Source: "backstage", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: before(50), Repo: repo,
	}}
	for _, f := range fields {
		field, value, _ := strings.Cut(f, "=")
		s.Fields = append(s.Fields, metrics.EntityField{Name: field, Values: []string{value}})
		s.Since, s.By = append(s.Since, before(20)), append(s.By, metrics.EditorUnknown)
	}
	return s
}

// told writes what a portal says now, and that it was read whole, with the group payments.
func (o *organ) told(source string, list ...metrics.Snapshot) {
	o.Helper()
	group := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "group", Namespace: "default", Name: "payments"}, Seen: before(50)}}
	b := metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: source, At: judgedAt, Complete: true, Entities: len(list)}}}
	for _, s := range append(list, group) {
		s.Source = source
		b.Snapshots = append(b.Snapshots, s)
	}
	o.write(b)
}

// described writes what files of repositories say at their heads, as classify concludes it.
func (o *organ) described(beside []metrics.Beside, list ...metrics.Described) {
	o.Helper()
	g, err := o.db.NextGeneration(o.Context())
	if err == nil {
		err = o.db.WriteConclusions(o.Context(), g, &clickhouse.Conclusions{Described: list, Beside: beside})
	}
	var marks []clickhouse.Mark
	for _, d := range list {
		marks = append(marks, clickhouse.Mark{Repo: d.Repo, Generation: g})
	}
	for _, b := range beside {
		marks = append(marks, clickhouse.Mark{Repo: b.Repo, Generation: g})
	}
	if err == nil {
		err = o.db.Publish(o.Context(), g, 0, marks)
	}
	if err != nil {
		o.Fatal(err)
	}
}

func (o *organ) judgeAll() {
	o.Helper()
	if err := o.run(o.Context()); err != nil {
		o.Fatal(err)
	}
}

// verdict is what is stored of a field of an entity.
type verdict struct {
	Source  string   `ch:"source"`
	Name    string   `ch:"name"`
	Verdict string   `ch:"verdict"`
	Cause   string   `ch:"cause"`
	Steps   []string `ch:"steps"`
	Ghost   string   `ch:"ghost"`
	Since   int64    `ch:"since"`
	By      string   `ch:"by"`
	Line    uint32   `ch:"line"`
}

// verdicts returns what is in force about a field.
func (o *organ) verdicts(field string) (list []verdict) {
	o.Helper()
	err := o.db.Select(o.Context(), &list, `SELECT source, name, toString(verdict[indexOf(field, @field)]) AS verdict, cause[indexOf(field, @field)] AS cause,
		arrayMap(s -> toString(s), owner_steps) AS steps, toString(ghost) AS ghost, toInt64(since[indexOf(field, @field)]) AS since,
		toString(edited_by[indexOf(field, @field)]) AS by, field_line[indexOf(field, @field)] AS line
		FROM catalog_verdicts WHERE at = (SELECT max(at) FROM catalog_judgements) AND counted AND has(field, @field) ORDER BY source, name`, map[string]any{"field": field})
	if err != nil {
		o.Fatal(err)
	}
	return list
}

const payRepo = "github.com/acme/pay"

// payWork is done by payments most, by checkout, a bot and nobody's.
var payWork = []worked{{ofPayments, 3}, {ofPayments, 10}, {ofPayments, 100}, {ofCheckout, 12}, {aBot, 1}, {aBot, 2}}

func TestJudgeCatalogsLadder(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	rungs := []struct {
		owner string
		steps string
		want  string
		cause freshness.Cause
	}{
		{"tbd", "no no no no no", "empty", freshness.CauseEmpty},
		{"nowhere", "yes no no no no", "wrong", freshness.CauseNoTeam},
		{"left", "yes yes no no no", "wrong", freshness.CauseNoMember},
		{"idle", "yes yes yes no no", "wrong", freshness.CauseIdle},
		{"checkout", "yes yes yes yes no", "right", freshness.CauseCommits},
		{"group:default/payments", "yes yes yes yes yes", "right", freshness.CauseCommits},
		{"plat-form", "yes yes yes no no", "wrong", freshness.CauseIdle},
	}
	var list []metrics.Snapshot
	for i, r := range rungs {
		list = append(list, component(string(rune('a'+i)), payRepo, "owner="+r.owner))
	}
	o.told("backstage", list...)
	o.judgeAll()
	got := o.verdicts(metrics.FieldOwner)
	if len(got) != len(rungs) {
		t.Fatalf("judged are %d entities, want %d", len(got), len(rungs))
	}
	for i, r := range rungs {
		t.Run(r.owner, func(t *testing.T) {
			if steps := strings.Join(got[i].Steps, " "); steps != r.steps || got[i].Verdict != r.want || got[i].Cause != string(r.cause) {
				t.Errorf("got %s: %s, %s; want %s: %s, %s", steps, got[i].Verdict, got[i].Cause, r.steps, r.want, r.cause)
			}
		})
	}
}

// judged is what is stored of a catalog as a whole.
type judged struct {
	Source   string   `ch:"source"`
	Entities uint32   `ch:"entities"`
	Covered  []uint32 `ch:"covered"`
	Dark     []string `ch:"dark"`
	HalfLife float64  `ch:"half_life"`
}

// inForce returns what the newest judgements are.
func (o *organ) inForce() (list []judged) {
	o.Helper()
	err := o.db.Select(o.Context(), &list, `SELECT source, entities, [coverage.num, coverage.den] AS covered, dark, half_life
		FROM catalog_judgements WHERE at = (SELECT max(at) FROM catalog_judgements) ORDER BY source`, nil)
	if err != nil {
		o.Fatal(err)
	}
	return list
}

// TestJudgeCatalogsRepos finds what is not alive any more, and what has no entity.
func TestJudgeCatalogsRepos(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	o.repo(metrics.Repo{Name: "github.com/acme/old", Archived: true, ArchivedAt: before(30)}, worked{ofPayments, 60})
	o.repo(metrics.Repo{Name: "github.com/acme/dark"}, worked{ofNone, 5})
	o.repo(metrics.Repo{Name: "github.com/acme/quiet"}, worked{ofNone, 300})
	o.told("backstage",
		component("a-pay", payRepo, "lifecycle=production", "owner=payments"),
		component("b-old", "github.com/acme/old", "lifecycle=production", "owner=payments"),
		component("c-lost", "github.com/acme/lost", "lifecycle=production", "owner=payments"))
	o.judgeAll()
	got := o.verdicts(metrics.FieldLifecycle)
	want := []verdict{
		{Name: "a-pay", Verdict: "right", Cause: "repo_active", Ghost: "no"},
		{Name: "b-old", Verdict: "wrong", Cause: "repo_archived", Ghost: "yes", Since: int64(before(20))}, // written after that
		{Name: "c-lost", Verdict: "unverified", Cause: "unchecked", Ghost: "yes"},                         // not in the list of its owner
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(verdict{}, "Source", "Steps")); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	all := []judged{{Source: "backstage", Entities: 3, Covered: []uint32{1, 2}, Dark: []string{"github.com/acme/dark"}}}
	if diff := cmp.Diff(o.inForce(), all, cmpopts.IgnoreFields(judged{}, "HalfLife")); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestJudgeCatalogsHalfLife judges twice: between the two an entity gets wrong, which is dated when that is found.
func TestJudgeCatalogsHalfLife(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	system := metrics.Snapshot{Entity: metrics.Entity{Ref: metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, Seen: before(50)}}
	o.told("backstage", component("pay", payRepo, "system=money"), system)
	o.judgeAll()
	if got := o.inForce()[0].HalfLife; got == got {
		t.Errorf("the half-life is %v while all lasts, want none", got)
	}
	for i := range metrics.Instant(2) {
		o.clock = judgedAt + (10+i)*metrics.Day
		system.Gone, system.Seen = true, o.clock-metrics.Day
		if i == 0 {
			o.told("backstage", system)
		}
		o.judgeAll()
	}
	if got := o.inForce()[0].HalfLife; got != 29 {
		t.Errorf("the half-life is %v days, want 29: from 20 days before the first judgement to 9 after it", got)
	}
	if got := o.verdicts(metrics.FieldSystem)[0]; got.Cause != "dangling" || got.Since != int64(judgedAt+9*metrics.Day) {
		t.Errorf("the system is %+v, want a dangling one since 9 days after the first judgement", got)
	}
}

// TestJudgeCatalogsLateKnowledge judges a catalog twice of which not all is known at first: what is wrong by the second may
// have been so long before, and tells no half-life.
func TestJudgeCatalogsLateKnowledge(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	o.told("backstage", component("pay", payRepo, "system=nowhere"))
	o.write(metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "backstage", At: judgedAt + 1}}})
	o.judgeAll()
	if got := o.verdicts(metrics.FieldSystem)[0]; got.Verdict != "unverified" {
		t.Fatalf("the system is %+v, want an unverified one", got)
	}
	o.clock = judgedAt + 10*metrics.Day
	o.write(metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "backstage", At: o.clock, Complete: true, Entities: 1}}})
	o.judgeAll()
	if got := o.verdicts(metrics.FieldSystem)[0]; got.Cause != "dangling" {
		t.Fatalf("the system is %+v, want a dangling one", got)
	}
	if got := o.inForce()[0].HalfLife; got == got {
		t.Errorf("the half-life is %v, want none", got)
	}
}

// TestJudgeCatalogsHeld judges a catalog three times: what was right when it was judged before is wrong since then.
func TestJudgeCatalogsHeld(t *testing.T) {
	o := newOrgan(t)
	o.repo(metrics.Repo{Name: payRepo}, payWork...)
	o.told("backstage", component("pay", payRepo, "source=https://"+payRepo))
	o.judgeAll()
	for i := range metrics.Instant(2) {
		o.clock = judgedAt + (10+i)*metrics.Day
		o.write(metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(payRepo), Name: "github.com/acme/paid", Source: "github", Seen: o.clock}}})
		o.judgeAll()
	}
	if got := o.verdicts(metrics.FieldSource)[0]; got.Cause != "repo_renamed" {
		t.Fatalf("the source is %+v, want one that has another name", got)
	}
	if got := o.inForce()[0].HalfLife; got != 30 {
		t.Errorf("the half-life is %v days, want 30", got)
	}
}

// TestNews writes of episodes what is new, and what went on for long.
func TestNews(t *testing.T) {
	episode := func(name string, wrong, seen metrics.Instant) freshness.Episode {
		return freshness.Episode{Entity: metrics.EntityRef{Name: name}, Confirmed: 1, Wrong: wrong, Seen: seen}
	}
	before := []freshness.Episode{episode("on", 0, 10), episode("long", 0, 10), episode("ended", 0, 10), episode("over", 5, 4)}
	now := []freshness.Episode{
		episode("on", 0, 9+seenAgain), episode("long", 0, 10+seenAgain), episode("ended", 12, 10), episode("over", 5, 4), episode("new", 0, 10),
	}
	if diff := cmp.Diff(news(now, before), []freshness.Episode{now[1], now[2], now[4]}); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestJudgeCatalogsFoundWrong keeps since when a value was found to be wrong that nothing dates, until another takes its place.
func TestJudgeCatalogsFoundWrong(t *testing.T) {
	o := newOrgan(t)
	pay := component("pay", payRepo, "system=nowhere")
	o.told("backstage", pay)
	for i, want := range []metrics.Instant{judgedAt, judgedAt, judgedAt + 2*metrics.Day} {
		o.clock = judgedAt + metrics.Instant(i)*metrics.Day
		if i == 2 {
			pay.Fields[0].Values, pay.Seen = []string{"elsewhere"}, judgedAt
			o.told("backstage", pay)
		}
		o.judgeAll()
		if got := o.verdicts(metrics.FieldSystem)[0]; got.Since != int64(want) {
			t.Errorf("judged %d days after the first time it is wrong since %v, want %v", i, metrics.Instant(got.Since), want)
		}
	}
}

// TestJudgeCatalogsConfigured judges only what is configured, all at moments of their own.
func TestJudgeCatalogsConfigured(t *testing.T) {
	o := newOrgan(t)
	o.judgeAll()
	if got := o.inForce(); len(got) > 0 {
		t.Fatalf("without any catalog judged is %+v", got)
	}
	port := config.Source{Kind: "port", Name: "port", Catalog: &config.Catalog{}}
	o.sources = append(o.sources, port, config.Source{Kind: "cortex", Name: "never-read", Catalog: &config.Catalog{}}, config.Source{Kind: "roadie", Name: "refused", Catalog: &config.Catalog{}})
	o.write(metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "refused", At: judgedAt, Detail: "401"}}})
	o.told("backstage", component("pay", payRepo, "owner=payments"))
	o.told("port", component("pay", payRepo, "owner=checkout"))
	sources := func() (names []string) {
		for _, j := range o.inForce() {
			names = append(names, j.Source)
		}
		return names
	}
	for range 2 { // in one second
		o.judgeAll()
		if got, want := sources(), []string{"backstage", "port"}; !slices.Equal(got, want) {
			t.Errorf("judged are %q, want %q", got, want)
		}
	}
	var counts []struct {
		Moments       uint64 `ch:"moments"`
		Disagreements uint64 `ch:"disagreements"`
	}
	err := o.db.Select(t.Context(), &counts, `SELECT uniqExact(at) AS moments, (SELECT count() FROM catalog_disagreements
		WHERE at = (SELECT max(at) FROM catalog_judgements) AND field = 'owner') AS disagreements FROM catalog_judgements`, nil)
	if err != nil || counts[0].Moments != 2 || counts[0].Disagreements != 1 {
		t.Errorf("%v, there are %+v, want two moments and one disagreement", err, counts)
	}
	o.sources = slices.DeleteFunc(o.sources, func(s config.Source) bool { return s.Name == "port" })
	o.judgeAll()
	if got, want := sources(), []string{"backstage"}; !slices.Equal(got, want) {
		t.Errorf("judged are %q, want %q", got, want)
	}
}
