package classify_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// firm is an organisation of some repositories, as it is drawn.
type firm struct {
	defs      metrics.Definitions
	people    *classify.People
	blobs     contents
	histories []metrics.History
}

// Who there is: three people of teams, one of the platform team, a bot, and somebody of no team.
const (
	aliasPlatform = 4
	aliasBot      = 5
	aliasCampaign = 6
)

// firmBegin is when the first repository begins.
const firmBegin = metrics.Instant(1_700_000_000)

func drawFirm(r *rapid.T) *firm {
	f := &firm{defs: drawDefinitions(r), blobs: contents{}}
	var identities []metrics.Identity
	for alias := metrics.AliasID(1); alias <= aliasCampaign; alias++ {
		kind := metrics.Human
		if alias == aliasBot {
			kind = metrics.Bot
		}
		identities = append(identities, metrics.Identity{Alias: alias, Person: metrics.PersonID(alias), Kind: kind})
	}
	always := metrics.Period{To: metrics.Forever}
	f.people = classify.NewPeople(identities, []metrics.Membership{
		{Alias: 1, Person: 1, Team: "a", Period: always}, {Alias: aliasPlatform, Person: aliasPlatform, Team: "p", Period: always},
	}, nil)
	campaign := firmBegin + metrics.Instant(rapid.IntRange(10, 60).Draw(r, "campaign"))*metrics.Day
	for i := range 7 {
		f.histories = append(f.histories, f.drawHistory(r, i, campaign))
	}
	return f
}

func drawDefinitions(r *rapid.T) metrics.Definitions {
	d := twoPaths()
	d.Paths = d.Paths[:1]
	docker := file("Dockerfile")
	image := metrics.Path{Key: "image", Golden: from("acme/base"), Eligible: &docker, Optional: rapid.Bool().Draw(r, "optional")}
	d.Paths = append(d.Paths, image)
	d.Teams = metrics.Teams{
		Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCodeowners}, Platform: []metrics.TeamKey{"p"},
		List: []metrics.Team{
			{Key: "a", Repos: []string{"github.com/acme/r0", "github.com/acme/r1"}}, {Key: "b", Repos: []string{"github.com/acme/r2", "github.com/acme/r3"}},
			{Key: "c", Repos: []string{"github.com/acme/r4"}}, {Key: "p"}, {Key: "d", Aliases: []string{"@acme/d"}},
		},
	}
	if rapid.Bool().Draw(r, "mandated") {
		begin := firmBegin + metrics.Instant(rapid.IntRange(0, 200).Draw(r, "mandate"))*metrics.Day
		d.Paths[0].Mandates = []metrics.Mandate{{Teams: []metrics.TeamKey{"b"}, Announced: begin - 10*metrics.Day, From: begin, Until: begin + 30*metrics.Day}}
	}
	return d
}

// dishes are what a commit may put in a file; "" takes it away.
var dishes = []struct {
	path  string
	texts []string
}{
	{".github/workflows/ci.yml", []string{golden, golden + "# more\n", "on: push\njobs: {a: {uses: \"acme/golden/.github/workflows/x.yml@v4\"}}\n", "on: push\njobs: {}\n", ""}},
	{"Jenkinsfile", []string{"pipeline {}", "node {}", ""}},
	{"Dockerfile", []string{"FROM acme/base:1\n", "FROM alpine:3\n", ""}},
	{"CODEOWNERS", []string{"* @acme/d\n", "* @acme/p\n", ""}},
}

// drawHistory draws the commits of a repository, often with one among them that somebody made in many.
func (f *firm) drawHistory(r *rapid.T, i int, campaign metrics.Instant) metrics.History {
	waits := []metrics.Instant{0, 1, 3600, metrics.Day, 3 * metrics.Day, 13 * metrics.Day, 14 * metrics.Day, 20 * metrics.Day, 200 * metrics.Day}
	at := firmBegin + metrics.Instant(rapid.IntRange(0, 20).Draw(r, "born"))*metrics.Day
	commits := []landed{{at, 1, "README", "x"}}
	for range rapid.IntRange(0, 9).Draw(r, "commits") {
		at += rapid.SampledFrom(waits).Draw(r, "wait")
		dish := rapid.SampledFrom(dishes).Draw(r, "dish")
		by := metrics.AliasID(rapid.SampledFrom([]int{1, 1, 2, 3, aliasPlatform, aliasBot}).Draw(r, "by"))
		commits = append(commits, landed{at, by, dish.path, rapid.SampledFrom(dish.texts).Draw(r, "text")})
	}
	if rapid.IntRange(0, 5).Draw(r, "of the campaign") > 0 {
		when := campaign + metrics.Instant(rapid.IntRange(0, 8).Draw(r, "turn"))*metrics.Day
		commits = append(commits, landed{max(when, commits[0].at), aliasCampaign, ".github/workflows/ci.yml", golden + "# campaign\n"})
	}
	slices.SortStableFunc(commits, func(a, b landed) int { return cmp.Compare(a.at, b.at) })
	h := past(f.blobs, commits...)
	id := metrics.RepoID(i + 1)
	h.Repo = metrics.Repo{ID: id, Name: fmt.Sprint("github.com/acme/r", i)}
	h.Walks[0].Repo = id
	for n := range h.Commits {
		h.Commits[n].OID = metrics.OID(fmt.Sprintf("%d/%d", i, n))
	}
	if rapid.IntRange(0, 5).Draw(r, "exempt") == 0 {
		from := firmBegin + metrics.Instant(rapid.IntRange(0, 100).Draw(r, "exempt from"))*metrics.Day
		h.Exemptions = []metrics.Exemption{{Repo: id, Path: "ci", Period: metrics.Period{From: from, To: from + 20*metrics.Day}}}
	}
	return h
}

// until is the firm as it was known at a moment. Every commit of these branches carries the date at which it landed.
func (f *firm) until(t metrics.Instant) *firm {
	cut := *f
	cut.histories = nil
	for _, h := range f.histories {
		h.Commits = slices.DeleteFunc(slices.Clone(h.Commits), func(c metrics.Commit) bool { return c.Committed > t })
		h.Changes = h.Changes[:len(h.Commits)]
		if len(h.Commits) > 0 {
			cut.histories = append(cut.histories, h)
		}
	}
	return &cut
}

// conclude classifies the firm as the program does: every repository, then those again that a campaign touches.
func (f *firm) conclude(t *rapid.T) classify.Result {
	c, err := classify.New(f.defs)
	if err != nil {
		t.Fatal(err)
	}
	var spells []metrics.Spell
	for _, h := range f.histories {
		spells = append(spells, c.Repo(h, f.people, f.blobs, nil).Spells...)
	}
	campaigns := classify.FindCampaigns(spells, f.people)
	var all classify.Result
	for _, h := range f.histories {
		one := c.Repo(h, f.people, f.blobs, campaigns)
		all.Spans, all.Events = append(all.Spans, one.Spans...), append(all.Events, one.Events...)
		all.Spells, all.Decisions = append(all.Spells, one.Spells...), append(all.Decisions, one.Decisions...)
	}
	return all
}

// TestStatesPartitionTheUnitsThatExist follows every unit on every path: from its first commit on it is in exactly
// one state at any time, and what is voluntary is using, and what is using is served.
func TestStatesPartitionTheUnitsThatExist(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFirm(r)
		checkPartition(r, f, f.conclude(r).Spans)
	})
}

func checkPartition(r *rapid.T, f *firm, spans []metrics.Span) {
	ends := map[string]metrics.Instant{}
	for _, s := range spans {
		key := fmt.Sprint(s.Unit, s.Path)
		begin := f.histories[s.Repo-1].Commits[0].Committed
		if end, seen := ends[key]; seen {
			begin = end
		}
		if s.From != begin || s.To <= s.From {
			r.Fatalf("%s: a span is from %s to %s, want one from %s on", key, s.From, s.To, begin)
		}
		ends[key] = s.To
		checkSpan(r, s)
	}
	for key, end := range ends {
		if end != metrics.Forever {
			r.Fatalf("%s: ends at %s", key, end)
		}
	}
	if want := len(f.histories) * len(f.defs.Paths); len(ends) != want {
		r.Fatalf("got spans of %d units and paths, want %d", len(ends), want)
	}
}

func checkSpan(r *rapid.T, s metrics.Span) {
	if !slices.Contains(metrics.States(), s.State) {
		r.Fatalf("%+v is in no state", s)
	}
	for _, rule := range []struct {
		name     string
		if_, is_ bool
	}{
		{"what is using is served", s.State.Using(), s.State.Served()},
		{"what is voluntary is using", s.Voluntary, s.State.Using()},
		{"what is voluntary was chosen, or born so", s.Voluntary, s.Origin.Voluntary()},
		{"what is using has an origin", s.State.Using(), s.Origin != metrics.NoOrigin},
		{"what is kept was mandated", s.Kept, s.Origin == metrics.Mandated},
		{"nobody has a choice under a mandate", s.Mandated, !s.Choice},
		{"what is using goes the golden way", s.State.Using(), slices.Contains(s.Ways, metrics.Golden)},
		{"on is golden alone, mixed is not", s.Tree.Using(), (s.Tree == metrics.On) == (len(s.Ways) == 1)},
	} {
		if rule.if_ && !rule.is_ {
			r.Fatalf("%s, but not %+v", rule.name, s)
		}
	}
}

// TestTheFutureChangesNoPast classifies a firm as it was known at a moment, and as it is known later: what was
// concluded of the time up to the moment holds, but for what the specification lets reach back.
//
//   - "the same change by one author within 7 d in 5 or more repos": who came in the last 7 days may turn out to
//     have been part of a campaign, and so automated.
//   - "an absence still shorter at T is no leave yet": an end of a spell younger than leave_after is not told.
//   - A birth is decided "at first commit + born_within", an exit is known leave_after later: of decisions those
//     count that are told at the moment.
//
// A rewritten history, attributes of the host that hold backwards, and changed definitions are other facts, and not
// part of these histories.
func TestTheFutureChangesNoPast(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFirm(r)
		moment := firmBegin + metrics.Instant(rapid.IntRange(0, 250).Draw(r, "days"))*metrics.Day + metrics.Instant(rapid.IntRange(-1, 1).Draw(r, "beside"))
		then, now := knownAt(f.until(moment).conclude(r), moment), knownAt(f.conclude(r), moment)
		forgive(&then, now, moment-7*metrics.Day)
		if diff := gocmp.Diff(then, now, cmpopts.EquateEmpty()); diff != "" {
			r.Fatalf("up to %s (-then +later):\n%s", moment, diff)
		}
	})
}

// knownAt leaves of conclusions what is told of the time up to a moment.
func knownAt(r classify.Result, t metrics.Instant) classify.Result {
	leave := metrics.Instant(metrics.DefaultMeasure().LeaveAfter / time.Second)
	r.Spans = slices.DeleteFunc(r.Spans, func(s metrics.Span) bool { return s.From > t })
	r.Spells = slices.DeleteFunc(r.Spells, func(s metrics.Spell) bool { return s.From > t })
	r.Events = slices.DeleteFunc(r.Events, func(e metrics.Event) bool { return e.At > t })
	r.Decisions = slices.DeleteFunc(r.Decisions, func(d metrics.Decision) bool { return d.Told > t })
	for i := range r.Spans {
		r.Spans[i].To = min(r.Spans[i].To, t+1)
	}
	for i := range r.Spells {
		if s := &r.Spells[i]; s.To+leave > t {
			s.To, s.Outcome = metrics.Forever, metrics.Running
		}
	}
	return r
}

// forgive lets those be automated now that came after a moment and were thought otherwise of then.
func forgive(then *classify.Result, now classify.Result, after metrics.Instant) {
	for i := range min(len(then.Spans), len(now.Spans)) {
		if s, n := &then.Spans[i], now.Spans[i]; n.Origin == metrics.Automated && n.From >= after {
			s.Origin, s.Voluntary = n.Origin, n.Voluntary
		}
	}
	for i := range min(len(then.Spells), len(now.Spells)) {
		if s, n := &then.Spells[i], now.Spells[i]; n.Origin == metrics.Automated && n.From >= after {
			s.Origin = n.Origin
		}
	}
	for i := range min(len(then.Events), len(now.Events)) {
		if e, n := &then.Events[i], now.Events[i]; n.Origin == metrics.Automated && n.At >= after {
			e.Origin = n.Origin
		}
	}
	for i := range min(len(then.Decisions), len(now.Decisions)) {
		if d, n := &then.Decisions[i], now.Decisions[i]; n.Origin == metrics.Automated && n.At >= after {
			d.Origin, d.Free = n.Origin, n.Free
		}
	}
}
