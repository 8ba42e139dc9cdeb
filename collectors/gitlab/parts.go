package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Parts says which facts are read beside the files. The zero Parts is none of them. Each can fail by itself: then that
// is a warning, and what is known of the repository's files stays.
type Parts struct {
	Runs        bool // pipelines, with what they include
	Pulls       bool // merge requests
	Deployments bool
	Teams       bool // groups with their members, and whom projects are given to
	Policies    bool // compliance frameworks and security policies
	Releases    bool // tags of the providers
}

// rotates reports whether something is read of projects in which nothing seems to happen.
func (p Parts) rotates() bool { return p.Runs || p.Policies }

// side is what is gathered of some projects beside their files.
type side struct {
	source *Source
	present.Beside
}

// besides reads the parts of projects. Those that the host says nothing of have none, but for what the list told of them:
// nobody tells that again.
func (s *Source) besides(ctx context.Context, all []*reading, out collectors.Sink) {
	if s.config.Parts == (Parts{}) {
		s.unruled(ctx, all, out)
		return
	}
	x := &side{s, present.Beside{Batch: s.held.flush(), Out: out}}
	for _, r := range all {
		r.decide()
		x.accesses(r)
	}
	open := func(r *reading) bool { return !hidden(r.Err) }
	present.ReadBeside(ctx, &x.Beside, all, open,
		present.Part[*reading]{Bit: runsRead, Read: x.runs}, present.Part[*reading]{Bit: pullsRead, Read: x.pulls},
		present.Part[*reading]{Bit: policiesRead, Read: x.policies}, present.Part[*reading]{Bit: releasesRead, Read: x.releases})
	s.unruled(ctx, all, out)
}

// Bits of the parts that are read of a project in a round.
const (
	runsRead uint32 = 1 << iota
	pullsRead
	policiesRead
	_ // was one, and marks know the others by their places
	releasesRead
)

// hidden reports whether an error says that the host shows nothing of a project.
func hidden(err error) bool {
	switch status(err) {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnavailableForLegalReasons:
		return true
	}
	return errors.Is(err, errHidden) || denies(err) || errors.Is(err, collectors.ErrSpent)
}

// Topics are the parts as people are told of them.
var (
	runsTopic        = present.Topic{Name: "pipelines", Needs: "the scope read_api, and the role Reporter in the project"}
	includesTopic    = present.Topic{Name: "includes", Needs: "the scope read_api, and the role Developer in the project"}
	mergesTopic      = present.Topic{Name: "merge requests", Needs: "the scope read_api, and the role Reporter in the project"}
	beginsTopic      = present.Topic{Name: "begins of pipelines", Needs: runsTopic.Needs}
	deploymentsTopic = present.Topic{Name: "deployments", Needs: "the scope read_api, and the role Reporter in the project"}
	policiesTopic    = present.Topic{Name: "policies", Needs: "the scope read_api, and the role Developer in the project"}
	tagsTopic        = present.Topic{Name: "tags", Needs: "the scope read_api, and the role Reporter in the project"}
	creatorsTopic    = present.Topic{Name: "creators", Needs: "the scope read_api"}
	groupsTopic      = present.Topic{Name: "groups and members", Needs: "the scope read_api, and a role in the group"}
)

// failed notes that a part of a project could not be read, with what the token seems to lack; see present.Failures.
func (s *Source) failed(ctx context.Context, t present.Topic, r *reading, err error) error {
	r.fell |= lackOf(t)
	if refuses(err) && ctx.Err() == nil && s.missed.Load() != nil { // which is nil, and told of to nobody, where some projects alone are read
		s.deny(t, r, err)
		s.failures.Denied(t, why(t, err))
		return nil
	}
	return s.failures.Note(ctx, t, &r.Reading, why(t, err), passes(err), spent(err))
}

// refuses reports whether the host answered, and does not show something that it has, or would have for others.
func refuses(err error) bool {
	return !passes(err) && !errors.Is(err, errNoField) && !errors.Is(spent(err), collectors.ErrSpent)
}

// why says why a part is not read.
func why(t present.Topic, err error) string {
	a, _ := answered(err)
	return t.Why(words(err), a, denied(err))
}

// passes reports whether an error may not be there the next time: the network, the credentials, or the host itself failed.
// What cannot be processed is no matter of rights.
func passes(err error) bool {
	return status(err) == http.StatusUnprocessableEntity || errors.Is(err, errGarbled) || fails(err) || quota.Words(product, err) != "" || status(err) >= http.StatusInternalServerError
}

// denied reports whether an error may come of what a token is not allowed.
func denied(err error) bool {
	return status(err) == http.StatusForbidden || missing(err) || errors.Is(err, errHidden) || denies(err)
}

// get asks REST for something that the client library has no call for, or not all of.
func (s *Source) get(ctx context.Context, path string, query, into any) (*gitlab.Response, error) {
	req, err := s.client.NewRequest(http.MethodGet, path, query, []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)})
	if err != nil {
		return nil, err
	}
	return s.client.Do(req, into)
}

// hostNow is the time by the host's clock.
func (s *Source) hostNow() metrics.Instant {
	return s.config.Now() + metrics.Instant(s.ahead.Load())
}

// onHost turns a moment of our clock into one of the host's.
func (s *Source) onHost(at metrics.Instant) metrics.Instant {
	if at == metrics.Beginning {
		return at
	}
	return at + metrics.Instant(s.ahead.Load())
}

// stirred reports whether something can have happened in a project after a moment of our clock: what people do moves
// the time of the last activity, unless that is less than an hour old.
func (s *Source) stirred(r *reading, since metrics.Instant) bool {
	return r.look.Forced || since == metrics.Beginning || r.Repo.LastPush == metrics.Beginning ||
		r.Repo.LastPush+coarse+overlap >= s.onHost(since)
}

// changes goes through a list in the order in which its entries changed, oldest first. It does not turn pages, but
// asks anew for what changed after the last entry: so none is missed because another one changed meanwhile, and there
// is no end to how far the list goes. Where that ends for an error, from is where it goes on.
func changes[T any](from *onward, at func(*T) *time.Time, ask func(after *time.Time, part gitlab.ListOptions) ([]*T, *gitlab.Response, error), take func(*T) error) error {
	var been trail
	for {
		page := max(from.Page, 1)
		list, resp, err := ask(after(from.Since), gitlab.ListOptions{PerPage: listed, Page: page})
		if err != nil {
			return err
		}
		next, err := follow(&been, resp, page, list)
		if err != nil {
			return err
		}
		last := metrics.Beginning
		for _, v := range list {
			if v == nil {
				return fmt.Errorf("null in a list: %w", errGarbled)
			}
			last = max(last, instant(at(v)))
			if err := take(v); err != nil {
				return err
			}
		}
		if next == 0 {
			return nil
		}
		from.Page = next
		if last-1 > from.Since {
			*from, been = onward{Since: last - 1}, trail{}
		}
	}
}

// onward is where a list of changes goes on.
type onward struct {
	Since metrics.Instant
	Page  int // 0 for the first
}

// after is a moment as a parameter; nil for the beginning.
func after(since metrics.Instant) *time.Time {
	if since == metrics.Beginning {
		return nil
	}
	return gitlab.Ptr(since.Time())
}

// behind is a moment by which nothing that changed since another one, by our clock, can be missed.
func (s *Source) behind(since metrics.Instant) metrics.Instant {
	return max(s.onHost(since)-overlap, metrics.Beginning)
}

// lastPart cuts the number off a global id of GraphQL; 0 where there is none.
func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
