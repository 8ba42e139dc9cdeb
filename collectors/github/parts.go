package github

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Parts says which facts are read beside the files. The zero Parts is none of them. Each can fail by itself: then that
// is a warning, and what is known of the repository's files stays.
type Parts struct {
	Runs        bool // of workflows, with what they really used
	Reruns      bool // what a run that was attempted again hides: see reruns; not without Runs
	Pulls       bool // pull requests
	Deployments bool
	Teams       bool // with their members, what they may do with repositories, and whose commits are whose
	Policies    bool // rulesets with workflows that have to pass
	Releases    bool // tags of the providers
	Codeowners  bool // what GitHub finds wrong with CODEOWNERS
}

const (
	// runsBack is how far back runs and deployments of a repository are read the first time. GitHub keeps the logs of
	// runs as long, and whether a path is dormant or was activated asks for the last month or two.
	runsBack = 90 * metrics.Day
	// pullsBack is the same of pull requests: the newest year tells who contributes, and what upkeep costs.
	pullsBack = 365 * metrics.Day
	// settle is how long after a push everything that it begins can be seen.
	settle metrics.Instant = 15 * 60
)

func seconds(d time.Duration, otherwise metrics.Instant) metrics.Instant {
	return cmp.Or(metrics.Instant(d/time.Second), otherwise)
}

// lately is what of the state of a listing decides about the parts. Everything else is known of each repository.
type lately struct {
	daily bool            // all repositories are looked at, whether something seems to have happened or not
	asked collectors.Only // the repositories of which somebody told that something happened
}

// side is what is gathered of some repositories beside their files.
type side struct {
	source *Source
	present.Beside
	lately
	parents bool // rulesets of repositories are counted with those of their organisation
}

// besides reads the parts of repositories. What cannot be read is a warning; only where nothing more can be asked, or
// kept, the repositories fail, so that they are read again.
func (s *Source) besides(ctx context.Context, all []*reading, out collectors.Sink) {
	if s.config.Parts == (Parts{}) {
		s.unruled(ctx, all, out)
		return
	}
	x := &side{source: s, Beside: present.Beside{Batch: &metrics.Batch{}, Out: out}, lately: s.state.now()}
	for _, r := range all {
		x.looks(r)
	}
	some := slices.DeleteFunc(slices.Clone(all), func(r *reading) bool { return !r.open() })
	present.ReadBeside(ctx, &x.Beside, some, (*reading).open,
		present.Part[*reading]{Bit: probed, Read: x.probe}, present.Part[*reading]{Bit: listsRead, Read: x.lists},
		present.Part[*reading]{Bit: pullsRead, Read: x.pulls}, present.Part[*reading]{Bit: deploymentsRead, Read: x.deployments},
		present.Part[*reading]{Bit: releasesRead, Read: x.releases}, present.Part[*reading]{Bit: runsRead, Read: x.runs})
	s.unruled(ctx, all, out)
}

// open reports whether the parts of a repository are to be read.
func (r *reading) open() bool { return r.Err == nil && (r.look.Moved || r.look.Again != 0) }

// Bits of the parts that are read of a repository in a round.
const (
	probed uint32 = 1 << iota
	listsRead
	pullsRead
	deploymentsRead
	releasesRead
	runsRead
)

// look is what was to be looked at in a repository, and why, when its files were read. In a round it is kept.
type look struct {
	Idle     bool `json:"idle,omitempty"`     // its files were as they were
	Pushed   bool `json:"pushed,omitempty"`   // see pushed
	Moved    bool `json:"moved,omitempty"`    // see moved
	First    bool `json:"first,omitempty"`    // it was never read before
	Lists    bool `json:"lists,omitempty"`    // its lists are to be told of: once a day, and the first time
	Complete bool `json:"complete,omitempty"` // it had been read whole before
	Glance   bool `json:"glance,omitempty"`   // see glances
	News     news `json:"news"`

	Again uint32          `json:"again,omitempty"` // what could not be read of it before, and is to be tried now
	Since metrics.Instant `json:"since,omitempty"` // from when on: see collectors.Lack
	Own   bool            `json:"own,omitempty"`   // its own rulesets are among it, rather than those of the organisation alone
}

// looks decides what is to be looked at in a repository. What an earlier run of the round decided holds.
func (x *side) looks(r *reading) {
	r.imposed = r.Last.Told.Policies.List
	if r.stands {
		r.news = r.look.News
		return
	}
	unprobed := r.again(probed)
	r.look.Idle, r.look.Pushed = r.idle && !unprobed, pushed(r) || unprobed
	r.look.Lists, r.look.Complete = x.daily || r.look.First, r.Last.Reading.Complete
	r.look.Glance = x.source.glances(r)
	r.look.Moved = x.moved(r)
}

// part is a part as people are told of it.
type part struct {
	present.Topic
	permission string // of an App, without which nothing of it is shown
	lack       uint32 // its bit in what is missed
}

var (
	runsPart        = part{present.Topic{Name: "workflow runs", Needs: "the scope repo, or Actions: read"}, "actions", runsRead}
	rerunsPart      = part{present.Topic{Name: "earlier attempts of workflow runs", Needs: "the scope repo, or Actions: read"}, "actions", attemptsMissed}
	pullsPart       = part{present.Topic{Name: "pull requests", Needs: "the scope repo, or Pull requests: read"}, "pull_requests", pullsRead}
	deploymentsPart = part{present.Topic{Name: "deployments", Needs: "the scope repo_deployment or repo, or Deployments: read"}, "deployments", deploymentsRead}
	teamsPart       = part{present.Topic{Name: "teams", Needs: "the scope read:org, or Members: read of the organisation"}, "members", accessesMissed}
	policiesPart    = part{present.Topic{Name: "rulesets", Needs: "the scope admin:org, or Administration: read of the organisation"}, "organization_administration", listsRead}
	releasesPart    = part{present.Topic{Name: "tags", Needs: "the scope repo, or Contents: read"}, "contents", releasesRead}
	propertiesPart  = part{present.Topic{Name: "custom properties", Needs: "the scope read:org, or Custom properties: read of the organisation"}, "organization_custom_properties", propertiesMissed}
	newsPart        = part{present.Topic{Name: "what is new beside files", Needs: "the scope repo"}, "", probed}
)

// failed notes that a part could not be read, with what the token seems to lack; see present.Failures.
func (s *Source) failed(ctx context.Context, p part, r *reading, err error) error {
	if errors.Is(err, errNoGraphQL) { // which is told of all parts at once
		return ctx.Err()
	}
	var of *present.Reading
	if r != nil {
		of, r.fell = &r.Reading, r.fell|p.lack
	}
	a, _ := answered(err)
	why := p.Why(words(err), a, denied(err))
	switch {
	case errors.Is(err, collectors.ErrSpent) || ctx.Err() != nil:
	case passes(err):
		s.miss(p, r)
	case s.state.missing() != nil: // else a few repositories alone are read, and nobody tells of what is noted
		s.deny(p, r, err)
		s.failures.Denied(p.Topic, why)
		return nil
	}
	return s.failures.Note(ctx, p.Topic, of, why, passes(err), err)
}

// passes reports whether an error may not be there the next time: the network, the credentials, a limit, or the host itself
// failed, in an answer to a query, too. What cannot be processed is no matter of rights.
func passes(err error) bool {
	var graph *graphError
	var wrong contradiction
	var unsigned *tokenless
	if errors.As(err, &wrong) || errors.As(err, &unsigned) || errors.As(err, &graph) && (graph.Type == "UNPROCESSABLE" || graph.limited()) {
		return true
	}
	return quota.Words(product, err) != "" || overloads(err) || status(err) == http.StatusUnprocessableEntity
}

// denied reports whether an error may come of what a token is not allowed.
func denied(err error) bool {
	var graph *graphError
	if errors.As(err, &graph) {
		return slices.Contains([]string{"FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND"}, graph.Type)
	}
	return slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, status(err))
}
