package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
)

// errNoGraphQL means that a host has no GraphQL: a gateway that lets only REST through, or another program that speaks
// GitHub's REST and no more.
var errNoGraphQL = errors.New("the host has no GraphQL")

// absentStep is that GraphQL was not there when it was asked once, where the budget ended before it was asked again.
const absentStep = "GraphQL is absent"

// query sends a query. Where GraphQL is not there, and was never there before, it is asked once more: a host is then read
// by REST alone, which costs a hundred times as much, for the rest of the day.
func (s *Source) query(ctx context.Context, query string, variables map[string]any) (*github.Response, error) {
	var absent bool
	round := s.state.open()
	again := round.Load(absentStep, &absent)
	for {
		resp, err := s.post(ctx, query, variables)
		switch code := status(err); {
		case again && errors.Is(err, collectors.ErrSpent):
			round.Save(absentStep, true)
			return nil, err
		case s.host == "github.com" || code != http.StatusNotFound && code != http.StatusMethodNotAllowed:
			round.Drop(absentStep)
			return resp, err
		case s.graphed.Load():
			return nil, &awayError{code}
		case again:
			s.doWithout(fmt.Sprintf("GraphQL is answered with %d", code))
			return nil, errNoGraphQL
		}
		again = true
	}
}

func (s *Source) post(ctx context.Context, query string, variables map[string]any) (*github.Response, error) {
	req, err := s.client.NewRequest(http.MethodPost, s.graphql, map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	return s.client.BareDo(ctx, req)
}

// awayError is that GraphQL, which has answered before, is not there: something before the host is being changed. It
// passes like an answer that is none.
type awayError struct{ code int }

// Error implements error.
func (e *awayError) Error() string {
	return fmt.Sprintf("GraphQL is answered with %d, and was there before; if it is gone for good, a full scan reads by REST alone", e.code)
}

// Unwrap returns what it is like.
func (e *awayError) Unwrap() error { return errGarbled }

// doWithout reads by REST alone from now on, and says so once. A list that was made so says that the next ones of the
// same day need not ask for GraphQL again.
func (s *Source) doWithout(why string) {
	if !s.graphless.Swap(true) {
		s.config.Log.Warn("the host has no GraphQL: it is read by REST alone, with some requests for each repository that changed, and one a day for each in which something can have run",
			"source", s.Name(), "host", s.host, "why", why, "not_read", strings.Join(s.untold(), ", "))
	}
}

// unsigned reads by REST alone since nobody signs requests, and says so once.
func (s *Source) unsigned() {
	if !s.graphless.Swap(true) {
		s.config.Log.Warn("no token is configured: public repositories alone are read, by REST, of which the host allows few requests to nobody in particular",
			"source", s.Name(), "host", s.host, "not_read", strings.Join(s.unshown(), ", "))
	}
}

// idles reports whether the files of a repository are as they were. REST lists no heads: where the last push does not
// tell either, the repository is asked for its own.
func (s *Source) idles(ctx context.Context, r *reading) bool {
	last := r.Last.Reading
	if s.graphless.Load() && r.Repo.Head == "" && last.Complete && last.Watched == s.watched {
		if err := s.findHead(ctx, r); err != nil {
			return false // reading it finds out what is wrong
		}
	}
	return present.Current(r.Job, s.watched)
}

// eachAlone reads the trees of repositories one by one.
func (s *Source) eachAlone(ctx context.Context, all []*reading) {
	for _, r := range all {
		if ctx.Err() != nil {
			return
		}
		if s.readAlone(ctx, r); r.Err == nil && r.Repo.Head != "" && !r.spoken {
			r.Err = s.languages(ctx, r)
			r.spoken = r.Err == nil
		}
	}
}

// languagesMost is how many languages of a repository are told, as in headFields.
const languagesMost = 5

// languages asks for the languages that most of a repository is written in. A host that does not know them leaves what
// is known.
func (s *Source) languages(ctx context.Context, r *reading) error {
	bytes, _, err := s.client.Repositories.ListLanguages(ctx, r.owner, r.name)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	names := slices.SortedFunc(maps.Keys(bytes), func(a, b string) int {
		return cmp.Or(cmp.Compare(bytes[b], bytes[a]), cmp.Compare(a, b))
	})
	r.Repo.Languages = names[:min(len(names), languagesMost)]
	return nil
}

// assume stands in for the probe: whatever moved may have run. Of what GraphQL alone tells, nothing is known.
func (x *side) assume(ctx context.Context, all []*reading) error {
	for _, r := range all {
		if r.Repo.Head == "" || !r.look.Moved && r.look.Again&^accessesMissed == 0 {
			continue
		}
		r.news = news{Probed: true, Partial: true, Workflows: true}
	}
	return ctx.Err()
}

// untold names the parts that are wanted and cannot be had without GraphQL.
func (s *Source) untold() (names []string) {
	p := s.config.Parts
	for _, x := range []struct {
		wanted bool
		part   part
	}{
		{p.Pulls, pullsPart}, {p.Deployments, deploymentsPart}, {p.Codeowners, codeownersPart}, {p.Policies, repoRulesPart}, {p.Teams && s.config.People != nil, authorsPart},
		{p.Releases && len(s.config.Providers) > 0, releasesPart},
	} {
		if x.wanted {
			names = append(names, x.part.Name)
		}
	}
	return names
}

// unshown names those that nobody gets who is not signed in: what is shown to members, and what takes more requests than
// the sixty an hour that nobody in particular has.
func (s *Source) unshown() []string {
	names := append(s.untold(), teamsPart.Name, policiesPart.Name)
	if s.config.Parts.Runs {
		names = append(names, unpushedPart.Name)
	}
	return names
}

var (
	codeownersPart = part{Topic: present.Topic{Name: "mistakes in CODEOWNERS"}}
	repoRulesPart  = part{Topic: present.Topic{Name: "rulesets of repositories"}}
	authorsPart    = part{Topic: present.Topic{Name: "the accounts of authors of commits"}}
)
