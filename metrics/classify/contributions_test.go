package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// Who contributes: Ana is nobody's member, Pia always was in the platform team, Tom only from tomOn on. The
// scaffolder acts for others.
const (
	ana metrics.AliasID = iota + 1
	bot
	pia
	tom
	scaffolder
	stranger
)

const launch = metrics.Instant(1_700_000_000)

const tomOn = launch + 100*day

func contributors() *classify.People {
	identity := func(alias metrics.AliasID, kind metrics.Kind) metrics.Identity {
		return metrics.Identity{Alias: alias, Person: metrics.PersonID(alias), Kind: kind}
	}
	member := func(alias metrics.AliasID, from metrics.Instant) metrics.Membership {
		return metrics.Membership{Alias: alias, Person: metrics.PersonID(alias), Team: "platform", Period: metrics.Period{From: from, To: metrics.Forever}}
	}
	return classify.NewPeople([]metrics.Identity{
		identity(ana, metrics.Human), identity(bot, metrics.Bot), identity(pia, metrics.Human), identity(tom, metrics.Human),
		identity(scaffolder, metrics.Initiator),
	}, []metrics.Membership{member(pia, launch), member(tom, tomOn)}, nil)
}

// providing defines paths that the repository of past provides, or not.
func providing() metrics.Definitions {
	defs := twoPaths()
	defs.Paths[0].ProvidedBy = []string{"github.com/acme/*", "github.com/acme/pay", "github.com/acme/other"}
	defs.Paths[1].ProvidedBy = []string{"github.com/acme/other", "github.com/acme/pay//folder"}
	defs.Paths[0].Components = []string{"folder"}
	defs.Paths[1].Components = []string{"folder"}
	defs.Teams = metrics.Teams{Platform: []metrics.TeamKey{"platform"}, List: []metrics.Team{{Key: "platform"}}}
	defs.Campaigns = metrics.Campaigns{Branches: []string{"campaign/*"}}
	return defs
}

func TestContributions(t *testing.T) {
	at := func(days metrics.Instant, by metrics.AliasID) metrics.Commit {
		return metrics.Commit{Committed: launch + days*day, Author: by}
	}
	merge := func(days metrics.Instant, by metrics.AliasID, branch string) metrics.Commit {
		c := at(days, by)
		c.Merge, c.Branch = true, branch
		return c
	}
	with := func(c metrics.Commit, coAuthors ...metrics.AliasID) metrics.Commit { c.CoAuthors = coAuthors; return c }
	const platform, outside, automated, unknown = metrics.FromPlatform, metrics.FromOutside, metrics.FromMachine, metrics.FromNobody
	tests := []struct {
		name   string
		landed []metrics.Commit // with what stands behind it
		want   metrics.Contributor
	}{
		{"a commit from outside", []metrics.Commit{at(1, ana)}, outside},
		{"a commit by a member", []metrics.Commit{at(1, pia)}, platform},
		{"squashed by its author, with a member", []metrics.Commit{with(at(1, ana), pia)}, outside},
		{"written by a member, with somebody", []metrics.Commit{with(at(1, pia), ana)}, platform},
		{"merged by a member", []metrics.Commit{merge(1, pia, ""), at(1, ana)}, outside},
		{"written by a member and merged by somebody", []metrics.Commit{merge(1, ana, ""), at(1, pia), at(1, ana)}, platform},
		{"begun with a merge of what was there", []metrics.Commit{merge(1, pia, ""), merge(1, pia, ""), at(1, ana)}, outside},
		{"a merge that brings no commit", []metrics.Commit{merge(1, pia, "")}, platform},
		{"a bot", []metrics.Commit{at(1, bot)}, automated},
		{"a bot, merged by a member", []metrics.Commit{merge(1, pia, ""), at(1, bot)}, automated},
		{"a branch of a campaign", []metrics.Commit{merge(1, pia, "campaign/all"), at(1, ana)}, automated},
		{"for somebody", []metrics.Commit{with(at(1, scaffolder), ana)}, outside},
		{"for a member", []metrics.Commit{with(at(1, scaffolder), pia)}, platform},
		{"for nobody", []metrics.Commit{at(1, scaffolder)}, unknown},
		{"by nobody knows whom", []metrics.Commit{at(1, stranger)}, unknown},
		{"before he joined the platform team", []metrics.Commit{at(99, tom)}, outside},
		{"once he had joined it", []metrics.Commit{at(100, tom)}, platform},
		{"before anybody was in the platform team", []metrics.Commit{at(-1, ana)}, unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := metrics.History{Repo: metrics.Repo{ID: 1, Name: "github.com/acme/pay"}, Walks: []metrics.Walk{{ID: 1, Repo: 1, At: metrics.Forever - 1}}}
			for seq, c := range test.landed {
				c.Repo, c.Walk, c.Seq, c.OID = 1, 1, uint32(seq), metrics.OID(rune('a'+seq))
				h.Commits = append(h.Commits, c)
			}
			got := concluded(t, providing(), contents{}, h, contributors()).Contributions
			want := []metrics.Contributions{{
				Repo: 1, Path: "ci", ProvidedBy: []string{"github.com/acme/*", "github.com/acme/pay"}, Known: metrics.Period{To: metrics.Forever},
				At: []metrics.Instant{test.landed[0].Committed}, From: []metrics.Contributor{test.want},
			}}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("contributions (-got +want):\n%s", diff)
			}
		})
	}
}

// TestContributionsAreKnownFor says for which time all that landed is known.
func TestContributionsAreKnownFor(t *testing.T) {
	good, bad := metrics.Reading{At: launch + 20*day, Complete: true}, metrics.Reading{At: launch + 30*day, Reason: metrics.ReasonForbidden}
	walk := []metrics.Walk{{ID: 1, Repo: 1, At: metrics.Forever - 1}}
	cut := []metrics.Walk{{ID: 1, Repo: 1, At: metrics.Forever - 1, Grafted: true}}
	period := func(from, to metrics.Instant) metrics.Period { return metrics.Period{From: from, To: to} }
	tests := []struct {
		name     string
		walks    []metrics.Walk
		readings []metrics.Reading
		want     metrics.Period
	}{
		{"read", walk, []metrics.Reading{bad, good}, period(0, metrics.Forever)},
		{"read last time", walk, []metrics.Reading{good, bad}, period(0, launch+27*day)},
		{"a shallow clone", cut, []metrics.Reading{good}, period(launch+10*day, metrics.Forever)},
		{"never read", nil, []metrics.Reading{bad}, metrics.Period{}},
		{"not read yet", nil, nil, metrics.Period{}},
		{"empty", nil, []metrics.Reading{good}, period(0, metrics.Forever)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := metrics.History{Repo: metrics.Repo{ID: 1, Name: "github.com/acme/pay"}, Walks: test.walks, Readings: test.readings}
			if len(test.walks) > 0 {
				h.Commits = []metrics.Commit{{Repo: 1, Walk: 1, OID: "a", Committed: launch + 10*day, Author: ana}}
			}
			got := concluded(t, providing(), contents{}, h, contributors()).Contributions
			if len(got) != 1 || got[0].Known != test.want {
				t.Errorf("got %+v, want it known for %+v", got, test.want)
			}
		})
	}
}

// TestNobodyIsOutsideOfNoTeam shows that without anybody in a platform team nobody is told to be outside.
func TestNobodyIsOutsideOfNoTeam(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{launch, ana, "README.md", "hello"})
	defs := providing()
	for _, test := range []struct {
		name   string
		people *classify.People
		list   []metrics.Member
		want   metrics.Contributor
	}{
		{"nobody", anaAndBot(), nil, metrics.FromNobody},
		{"somebody who never changed anything", anaAndBot(), []metrics.Member{{ID: "pia", Until: metrics.Forever}}, metrics.FromOutside},
		{"somebody who left before", anaAndBot(), []metrics.Member{{ID: "pia", Until: launch}}, metrics.FromNobody},
	} {
		t.Run(test.name, func(t *testing.T) {
			defs.Teams.List[0].Members = test.list
			got := concluded(t, defs, blobs, h, test.people).Contributions
			if len(got) != 1 || len(got[0].From) != 1 || got[0].From[0] != test.want {
				t.Errorf("got %+v, want %v", got, test.want)
			}
		})
	}
}
