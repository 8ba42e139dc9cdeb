package github

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// How many repositories are probed at once.
const (
	probedAtFirst = 50
	probedAtMost  = 100
)

// authorsOf is how many of the newest commits of a repository tell whose accounts their authors are.
const authorsOf = 20

// news is what a probe found out about a repository: whether it is worth to ask for more.
// What it has in small letters is written when it is told, and kept nowhere.
type news struct {
	Probed    bool            `json:"probed,omitempty"`
	Workflows bool            `json:"workflows,omitempty"` // there are files that GitHub runs
	Checks    bool            `json:"checks,omitempty"`    // it was told whether something checked the head
	Checked   metrics.Instant `json:"checked,omitempty"`   // when the newest check of the head began, or changed; Beginning where there is none
	Pulled    metrics.Instant `json:"pulled,omitempty"`    // when the pull request changed that changed last
	Pulls     int             `json:"pulls,omitempty"`     // how many pull requests there are
	Deployed  metrics.Instant `json:"deployed,omitempty"`  // when the newest deployment was made
	Rulesets  int             `json:"rulesets,omitempty"`  // that the repository has of its own
	Partial   bool            `json:"partial,omitempty"`   // not all that was asked for was told

	authors  []*author
	mistakes []*mistake // in CODEOWNERS; nil where there is no such file, or it was not asked for
	owned    bool       // there is such a file
}

// probeNode is what is asked of a repository. What was not asked for, or is not there, is nil.
type probeNode struct {
	DatabaseID   *int64 `json:"databaseId"`
	Workflows    *struct{ OID string }
	PullRequests *struct {
		TotalCount int
		Nodes      []*struct{ UpdatedAt time.Time }
	}
	Deployments *struct {
		Nodes []*struct{ CreatedAt time.Time }
	}
	Rulesets         *struct{ TotalCount int }
	Codeowners       *struct{ Errors []*mistake }
	DefaultBranchRef *struct {
		Target *struct {
			CheckSuites *struct {
				Nodes []*struct{ CreatedAt, UpdatedAt time.Time }
			}
			History *struct {
				Nodes []*struct{ Author *author }
			}
		}
	}
}

// moved reports whether something may have happened beside the files: it was never read, has other files or another
// head, was pushed to when, or shortly before, it was read, or has something that had not ended then; or somebody told
// that something happened, or it is its turn to be asked.
func (x *side) moved(r *reading) bool {
	return r.look.Pushed || r.look.Glance || x.asked != nil || x.source.pressing(r.Last) || x.daily
}

// pushed reports whether somebody pushed something to a repository that may not have had all of its effects when it
// was read the last time.
func pushed(r *reading) bool { return !r.idle || r.Repo.LastPush+settle > r.Last.Reading.At }

// pressing reports whether there is something that had not ended when it was seen, and is worth to be asked for again:
// what goes on for long, as one that waits for a person, is asked for less and less often.
func (s *Source) pressing(last collectors.Last) bool {
	since := func(open, seen metrics.Instant) bool {
		return open != metrics.Beginning && s.config.Now() >= seen+(seen-open)/2
	}
	told, p := last.Told, s.config.Parts
	return p.Runs && since(told.Running, asked(told)) || p.Deployments && since(told.Deploying, told.Deployed)
}

// due reports whether a repository of which nothing is new has to be read again for what it has begun.
func (s *Source) due(had *collectors.Had) bool {
	if s.config.Parts == (Parts{}) {
		return false
	}
	return had.Repo.LastPush+settle > had.Last.Reading.At || s.pressing(had.Last)
}

// probe finds out of repositories in which something may have happened what it was. That takes a request for up to a
// hundred of them.
func (x *side) probe(ctx context.Context, all []*reading) error {
	if x.source.graphless.Load() {
		return x.assume(ctx, all)
	}
	some, err := x.probing(ctx, all)
	if err != nil {
		return err
	}
	if err := x.above(ctx, some); err != nil {
		return err
	}
	s := x.source
	for len(some) > 0 {
		n := present.Abreast(some, s.probes.Now())
		begun := s.config.Clock()
		err := x.someNews(ctx, some[:n])
		switch {
		case err == nil:
			s.probes.Answered(n, s.config.Clock().Sub(begun))
		case overloads(err) && s.probes.Overloaded(n):
			continue
		default:
			present.Patient(some[:n], err)
			if err := x.unprobed(ctx, some[:n], err); err != nil {
				return err
			}
		}
		for _, r := range some[:n] {
			r.Parts |= probed
		}
		x.authors(some[:n])
		x.warnings(some[:n])
		some = some[n:]
	}
	return nil
}

// above finds out which rulesets are to be counted of repositories, if any: those that their organisation tells of are not.
func (x *side) above(ctx context.Context, some []*reading) error {
	if !x.source.config.Parts.Policies || len(wanting(some, listsRead)) == 0 {
		return nil
	}
	o, err := x.org(ctx, false, true)
	if err == nil {
		x.parents = x.source.parents(o)
	}
	return err
}

func (x *side) someNews(ctx context.Context, some []*reading) error {
	b, aliases := newBatch(), make([]string, len(some))
	for i, r := range some {
		aliases[i] = b.add(r.owner, r.name, x.newsFields(r))
	}
	got, err := x.source.ask(quota.About(ctx, newsPart.Name), b.priced(""), b.variables)
	if err != nil {
		return err
	}
	var found map[string]*probeNode
	if err := got.decode(&found); err != nil {
		return err
	}
	told := func(alias string) bool { return found[alias] != nil }
	if lost := got.of(aliases[0]); !slices.ContainsFunc(aliases, told) && overloads(lost) { // fewer may be told of
		return lost
	}
	for i, r := range some {
		lost := x.source.tell(r, found[aliases[i]], got.of(aliases[i]))
		if lost == nil {
			continue
		}
		if err := x.source.failed(ctx, newsPart, r, lost); err != nil {
			return err
		}
	}
	return nil
}

// tell takes what was told of a repository, and returns why that is not all.
func (s *Source) tell(r *reading, n *probeNode, lost error) error {
	if n == nil {
		return cmp.Or(lost, errGarbled)
	}
	if err := s.other(r, n.DatabaseID); err != nil {
		return err
	}
	r.news = n.news()
	r.news.Partial = lost != nil
	return lost
}

// newsFields are what a repository is asked for. Each list in it costs a hundredth of a point.
func (x *side) newsFields(r *reading) string {
	fields, head, p := []string{"databaseId"}, []string{"oid"}, x.source.config.Parts
	if p.Runs {
		fields = append(fields, `workflows: object(expression: "HEAD:.github/workflows") { oid }`)
		head = append(head, "checkSuites(last: 1) { nodes { createdAt updatedAt } }")
	}
	if p.Teams && !r.look.Idle {
		head = append(head, fmt.Sprintf("history(first: %d) { nodes { author { name email user { login } } } }", authorsOf))
	}
	if p.Pulls {
		fields = append(fields, "pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { updatedAt } }")
	}
	if p.Deployments {
		fields = append(fields, "deployments(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { createdAt } }")
	}
	if p.Policies && r.wants(listsRead) {
		fields = append(fields, fmt.Sprintf("rulesets(first: 1, includeParents: %v) { totalCount }", x.parents))
	}
	if p.Codeowners && (!r.look.Idle || x.daily) {
		fields = append(fields, "codeowners { errors { line column kind path } }")
	}
	return strings.Join(fields, " ") + " defaultBranchRef { target { ... on Commit { " + strings.Join(head, " ") + " } } }"
}

// news takes what was told of a repository. Where the newest of a list is null there is one: the list itself says more.
func (n *probeNode) news() news {
	told := news{Probed: true, Workflows: n.Workflows != nil}
	if n.PullRequests != nil {
		told.Pulls = n.PullRequests.TotalCount
		for _, p := range n.PullRequests.Nodes {
			if told.Pulled = metrics.Forever; p != nil {
				told.Pulled = metrics.At(p.UpdatedAt)
			}
		}
	}
	if n.Deployments != nil {
		for _, d := range n.Deployments.Nodes {
			if told.Deployed = metrics.Forever; d != nil {
				told.Deployed = metrics.At(d.CreatedAt)
			}
		}
	}
	if n.Rulesets != nil {
		told.Rulesets = n.Rulesets.TotalCount
	}
	if n.Codeowners != nil {
		told.owned, told.mistakes = true, n.Codeowners.Errors
	}
	if b := n.DefaultBranchRef; b != nil && b.Target != nil {
		if told.Checks = b.Target.CheckSuites != nil; told.Checks {
			for _, c := range b.Target.CheckSuites.Nodes {
				if told.Checks = c != nil; c != nil {
					told.Checked = max(metrics.At(c.CreatedAt), metrics.At(c.UpdatedAt))
				}
			}
		}
		if b.Target.History != nil {
			for _, c := range b.Target.History.Nodes {
				if c != nil && c.Author != nil {
					told.authors = append(told.authors, c.Author)
				}
			}
		}
	}
	return told
}
