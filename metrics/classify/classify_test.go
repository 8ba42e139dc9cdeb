package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

const golden = "on: push\njobs:\n  build:\n    uses: acme/golden/.github/workflows/build.yml@v3\n"

// landed is a commit on the default branch that changes one file; no text takes the file away.
type landed struct {
	at         metrics.Instant
	by         metrics.AliasID
	path, text string
}

// past makes the history of a repository out of its commits.
func past(blobs contents, commits ...landed) metrics.History {
	h := metrics.History{
		Repo:  metrics.Repo{ID: 1, Name: "github.com/acme/pay"},
		Walks: []metrics.Walk{{ID: 1, Repo: 1, At: metrics.Forever - 1, Watch: []string{"**"}}},
	}
	for i, c := range commits {
		pos := uint32(i)
		change := metrics.FileChange{Repo: 1, Walk: 1, Pos: pos, Path: c.path}
		if c.text != "" {
			change.Blob = blobs.add(c.text)
		}
		h.Changes = append(h.Changes, change)
		h.Commits = append(h.Commits, metrics.Commit{
			Repo: 1, Walk: 1, Pos: pos, OID: metrics.OID(rune('a' + i)), Committed: c.at, Authored: c.at, Author: c.by,
		})
	}
	return h
}

func twoPaths() metrics.Definitions {
	jenkins := metrics.Alternative{Key: "jenkins", Until: metrics.Forever, When: file("Jenkinsfile")}
	return metrics.Definitions{Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{
		{Key: "ci", Golden: uses("acme/golden/.github/workflows/*"), Alternatives: []metrics.Alternative{jenkins}},
		{Key: "again", Golden: uses("acme/golden/.github/workflows/*"), Alternatives: []metrics.Alternative{jenkins}},
	}}
}

func concluded(t *testing.T, defs metrics.Definitions, blobs contents, h metrics.History, people *classify.People) classify.Result {
	t.Helper()
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	return c.Repo(h, people, blobs, nil)
}

// happened is what a test looks at of an event.
type happened struct {
	path     metrics.PathKey
	kind     metrics.EventKind
	from, to metrics.State
	origin   metrics.Origin
}

func events(r classify.Result) []happened {
	var list []happened
	for _, e := range r.Events {
		list = append(list, happened{e.Path, e.Kind, e.From, e.To, e.Origin})
	}
	return list
}

const day = metrics.Day

// people are Ana, who is 1, and a bot, which is 2.
func anaAndBot() *classify.People {
	return classify.NewPeople([]metrics.Identity{
		{Alias: 1, Person: 1, Kind: metrics.Human}, {Alias: 2, Person: 2, Kind: metrics.Bot},
	}, nil, nil)
}

func TestEvents(t *testing.T) {
	const workflow = ".github/workflows/ci.yml"
	begin := metrics.Instant(1_700_000_000)
	jenkins := landed{begin, 1, "Jenkinsfile", "pipeline {}"}
	both := func(list ...happened) []happened {
		var all []happened
		for _, path := range []metrics.PathKey{"ci", "again"} {
			for _, e := range list {
				e.path = path
				all = append(all, e)
			}
		}
		return all
	}
	first := happened{kind: metrics.Changed, to: metrics.Off}
	tests := []struct {
		name    string
		commits []landed
		want    []happened
	}{
		{"paths that share signals", []landed{jenkins, {begin + 30*day, 1, workflow, golden}}, both(
			first, happened{kind: metrics.Entered, from: metrics.Off, to: metrics.Mixed, origin: metrics.Chosen},
		)},
		{"in and out within one second, then in again", []landed{
			jenkins, {begin + 30*day, 2, workflow, golden}, {begin + 30*day, 1, workflow, ""}, {begin + 30*day, 1, workflow, golden + "\n"},
		}, both(
			first, happened{kind: metrics.Entered, from: metrics.Off, to: metrics.Mixed, origin: metrics.Automated},
			happened{kind: metrics.Left, from: metrics.Mixed, to: metrics.Off, origin: metrics.Chosen},
			happened{kind: metrics.Entered, from: metrics.Off, to: metrics.Mixed, origin: metrics.Chosen},
		)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			got := events(concluded(t, twoPaths(), blobs, past(blobs, test.commits...), anaAndBot()))
			if diff := cmp.Diff(got, test.want, cmp.AllowUnexported(happened{})); diff != "" {
				t.Errorf("events (-got +want):\n%s", diff)
			}
		})
	}
}

func TestRepositoryIsAsOldAsItsFirstCommit(t *testing.T) {
	defs := twoPaths()
	defs.Paths = defs.Paths[:1]
	defs.Paths[0].Components = []string{"services/*"}
	begin := metrics.Instant(1_700_000_000)
	blobs := contents{}
	got := events(concluded(t, defs, blobs, past(blobs,
		landed{begin, 1, "services/pay/go.mod", "module acme.dev/pay"},
		landed{begin + 100*day, 1, "services/pay/go.mod", ""},
		landed{begin + 101*day, 1, ".github/workflows/ci.yml", golden},
	), anaAndBot()))
	want := []happened{
		{"ci", metrics.Changed, 0, metrics.None, metrics.NoOrigin},
		{"ci", metrics.Entered, metrics.None, metrics.On, metrics.Chosen},
		{"ci", metrics.Changed, 0, metrics.None, metrics.NoOrigin},
		{"ci", metrics.Removed, metrics.None, 0, metrics.NoOrigin},
	}
	if diff := cmp.Diff(got, want, cmp.AllowUnexported(happened{})); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
}

func TestMarks(t *testing.T) {
	const workflow, call = ".github/workflows/ci.yml", "  build:\n    uses: acme/golden/.github/workflows/build.yml@v3\n"
	marks := func(before, after string) []uint64 {
		blobs := contents{}
		commits := []landed{{1000, 1, "Jenkinsfile", "pipeline {}"}}
		if before != "" {
			commits = append(commits, landed{2000, 1, workflow, before})
		}
		r := concluded(t, twoPaths(), blobs, past(blobs, append(commits, landed{3000, 1, workflow, after})...), anaAndBot())
		return r.Spells[0].Marks
	}
	const one, two = "on: push\njobs:\n  one: {runs-on: x}\n", "on: push\njobs:\n  two: {runs-on: y}\n"
	tests := []struct {
		name string
		a, b []uint64
		want bool
	}{
		{"the same file", marks("", golden), marks("", golden), true},
		{"the same file in place of different ones", marks(one, golden), marks(two, golden), true},
		{"the same lines added to different files", marks(one, one+call), marks(two, two+call), true},
		{"other lines beside them", marks(one, one+call), marks(two, two+call+"  more: {runs-on: z}\n"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := slices.ContainsFunc(test.a, func(mark uint64) bool { return slices.Contains(test.b, mark) })
			if got != test.want {
				t.Errorf("got a common mark: %v, want %v", got, test.want)
			}
		})
	}
}

func TestOverturn(t *testing.T) {
	var spells []metrics.Spell
	for i, team := range []metrics.TeamKey{"a", "a", "b", "b", "c"} {
		spells = append(spells, metrics.Spell{
			Unit: metrics.Unit{Repo: metrics.RepoID(i + 1)}, Path: "ci", Period: metrics.Period{From: 100, To: metrics.Forever},
			Team: team, Actor: 1, Change: metrics.OID("1"), Marks: []uint64{7},
		})
	}
	tests := []struct {
		name   string
		repos  int // of the mass change
		byBot  bool
		origin metrics.Origin
		want   bool
	}{
		{"chosen, now part of a campaign", 5, false, metrics.Chosen, true},
		{"born, now part of a campaign", 5, false, metrics.Born, true},
		{"known as part of a campaign", 5, false, metrics.Automated, false},
		{"mandated, which goes before", 5, false, metrics.Mandated, false},
		{"chosen and no campaign", 4, false, metrics.Chosen, false},
		{"no longer part of a campaign", 4, false, metrics.Automated, true},
		{"automated because a bot did it", 4, true, metrics.Automated, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := classify.FindCampaigns(spells[:test.repos], anaAndBot())
			spell := spells[0]
			spell.Origin, spell.Machine = test.origin, test.byBot
			if got := found.Overturn(&spell); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
