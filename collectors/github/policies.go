package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// ruleset is a set of rules of an organisation, as REST tells of it.
type ruleset struct {
	ID          int64      `json:"id"`
	Target      string     `json:"target"`
	Enforcement string     `json:"enforcement"`
	Created     *time.Time `json:"created_at"`
	Conditions  struct {
		Refs  *globs `json:"ref_name"`
		Names *globs `json:"repository_name"`
		IDs   *struct {
			IDs []int64 `json:"repository_ids"`
		} `json:"repository_id"`
		Properties *struct {
			Include []property `json:"include"`
			Exclude []property `json:"exclude"`
		} `json:"repository_property"`
	} `json:"conditions"`
	Rules []struct {
		Type       string          `json:"type"`
		Parameters json.RawMessage `json:"parameters"`
	} `json:"rules"`

	Runs []metrics.Use `json:"-"`
}

type globs struct {
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
}

// property is a custom property that has one of some values.
type property struct {
	Name   string   `json:"name"`
	Values []string `json:"property_values"`
}

// requiredNode is a workflow that has to pass.
type requiredNode struct {
	Path         string `json:"path"`
	Ref          string `json:"ref"`
	SHA          string `json:"sha"`
	RepositoryID int64  `json:"repository_id"`
}

// inForce reports whether rules are enforced, rather than tried out or switched off, where branches change.
func inForce(enforcement, target string) bool {
	return strings.EqualFold(enforcement, "active") && (target == "" || strings.EqualFold(target, "branch"))
}

// rulesRead is how far the reading of an organisation's rulesets came.
type rulesRead struct {
	Pages int       // that are listed
	Brief []ruleset // as the list tells of them, those that are still to be read
	Told  bool      // the list is at its end
	Full  []ruleset // those that let workflows run
}

// orgRulesets reads the rulesets of the organisation that let workflows run: a request for the list of all, and one for
// each that is in force, since a list says nothing of rules.
func (x *side) orgRulesets(ctx context.Context, o *org) error {
	err := x.source.someRulesets(ctx, &o.Rules)
	if err == nil {
		o.Ruled = true
		return nil
	}
	o.Unruled = passes(err)
	return x.source.failed(ctx, policiesPart, nil, err)
}

func (s *Source) someRulesets(ctx context.Context, at *rulesRead) error {
	for !at.Told {
		var some []ruleset
		if err := s.rest(ctx, fmt.Sprintf("orgs/%s/rulesets?per_page=%d&page=%d", s.config.Org, listed, at.Pages+1), &some); err != nil {
			return err
		}
		for i := range some {
			if id := some[i].ID; id == 0 || slices.ContainsFunc(at.Brief, func(b ruleset) bool { return b.ID == id }) {
				return fmt.Errorf("the ruleset %d of a page: %w", id, errAstray)
			}
		}
		at.Pages, at.Brief, at.Told = at.Pages+1, append(at.Brief, some...), len(some) < listed
	}
	for ; len(at.Brief) > 0; at.Brief = at.Brief[1:] {
		if full := at.Brief[0]; inForce(full.Enforcement, full.Target) {
			if err := s.fullRuleset(ctx, &full); err != nil {
				return err
			}
			if len(full.Runs) > 0 {
				at.Full = append(at.Full, full)
			}
		}
	}
	return nil
}

// fullRuleset asks for the rules of a ruleset.
func (s *Source) fullRuleset(ctx context.Context, full *ruleset) (err error) {
	id := full.ID
	if err := s.rest(ctx, fmt.Sprintf("orgs/%s/rulesets/%d", s.config.Org, id), full); err != nil {
		return err
	}
	if full.ID != id {
		return fmt.Errorf("the ruleset %d is answered with %d: %w", id, full.ID, errGarbled)
	}
	for _, rule := range full.Rules {
		if rule.Type == "workflows" && err == nil {
			full.Runs, err = s.required(ctx, rule.Parameters)
		}
	}
	return err
}

// rest asks REST for something that the client library has no call for, or not all of.
func (s *Source) rest(ctx context.Context, path string, into any) error {
	req, err := s.client.NewRequest(http.MethodGet, path, nil)
	if err == nil {
		_, err = s.client.Do(ctx, req, into)
	}
	return err
}

// required reads which workflows have to pass.
func (s *Source) required(ctx context.Context, parameters json.RawMessage) ([]metrics.Use, error) {
	var told struct {
		Workflows []requiredNode `json:"workflows"`
	}
	if err := json.Unmarshal(parameters, &told); err != nil {
		return nil, fmt.Errorf("workflows of a ruleset: %w: %w", errGarbled, err)
	}
	return s.uses(ctx, told.Workflows)
}

// uses names the workflows with the repositories that they lie in.
func (s *Source) uses(ctx context.Context, list []requiredNode) ([]metrics.Use, error) {
	var all []metrics.Use
	for _, n := range list {
		home, err := s.home(ctx, n.RepositoryID)
		if err != nil {
			return nil, err
		}
		use := metrics.Use{Kind: metrics.UsesWorkflow, Target: home + "/" + strings.TrimPrefix(n.Path, "/"), Ref: shortRef(n.Ref)}
		use.SHA, _ = metrics.ParseOID(n.SHA)
		all = append(all, use)
	}
	return all, nil
}

// home finds out what the repository is called that a required workflow lies in.
func (s *Source) home(ctx context.Context, id int64) (name string, err error) {
	if name = s.state.full(s.hostID(&id)); name != "" {
		return name, nil
	}
	step := fmt.Sprintf("home %d", id)
	if s.state.open().Load(step, &name) {
		return name, nil
	}
	repo, _, err := s.client.Repositories.GetByID(ctx, id)
	if err != nil {
		return "", fmt.Errorf("the repository %d with a workflow that has to pass: %w", id, err)
	}
	name = repo.GetFullName()
	s.state.open().Save(step, name)
	s.state.seen(metrics.Repo{HostID: s.hostID(&id)}, name, "")
	return name, nil
}

// covers reports whether a ruleset of the organisation holds on the default branch of a repository.
func (p *ruleset) covers(r *reading, hostID func(*int64) string) bool {
	c := &p.Conditions
	switch {
	case c.Refs != nil && !c.Refs.branch(r.Repo.DefaultBranch):
		return false
	case c.Names != nil:
		return c.Names.name(r.name)
	case c.IDs != nil:
		return slices.ContainsFunc(c.IDs.IDs, func(id int64) bool { return hostID(&id) == r.Repo.HostID })
	case c.Properties != nil:
		has := func(p property) bool { return p.of(r.Repo.Properties) }
		return !slices.ContainsFunc(c.Properties.Exclude, has) && !slices.ContainsFunc(c.Properties.Include, func(p property) bool { return !has(p) })
	}
	return true
}

// of reports whether a property has one of the values.
func (p property) of(have map[string]string) bool {
	return slices.ContainsFunc(strings.Split(have[p.Name], ","), func(value string) bool { return value != "" && slices.Contains(p.Values, value) })
}

func (g *globs) match(fits func(glob string) bool) bool {
	return slices.ContainsFunc(g.Include, fits) && !slices.ContainsFunc(g.Exclude, fits)
}

// name reports whether the name of a repository, without its owner, is meant.
func (g *globs) name(name string) bool {
	return g.match(func(glob string) bool {
		ok, _ := doublestar.Match(strings.ToLower(glob), strings.ToLower(name))
		return ok || glob == "~ALL"
	})
}

// branch reports whether the default branch is meant.
func (g *globs) branch(name string) bool {
	return g.match(func(glob string) bool {
		ok, _ := doublestar.Match(glob, "refs/heads/"+name)
		return ok || glob == "~ALL" || glob == "~DEFAULT_BRANCH"
	})
}

// policies writes which policies hold in repositories, where that has changed, of those of which all are known.
func (x *side) policies(ctx context.Context, o *org, some []*reading) error {
	s := x.source
	if !s.config.Parts.Policies || s.config.Org != "" && !o.Ruled && (!o.hides() || s.graphless.Load()) {
		return nil
	}
	var known, ask []*reading
	for _, r := range some {
		switch {
		case r.Repo.Head == "": // nothing can be required on a branch that is not there
			known = append(known, r)
		case !r.news.Probed || r.news.Partial:
		case r.news.Rulesets > 0:
			ask = append(ask, r)
		default:
			known = append(known, r)
		}
	}
	for _, r := range known {
		x.policy(r, o.imposed(r, s.hostID))
	}
	return x.ownPolicies(ctx, o, ask)
}

// imposed lists what the rulesets of the organisation run in a repository.
func (o *org) imposed(r *reading, hostID func(*int64) string) (list []metrics.Policy) {
	if o.hides() { // of some they may be known
		return nil
	}
	for i := range o.Rules.Full {
		if p := &o.Rules.Full[i]; p.covers(r, hostID) {
			list = append(list, policiesOf(p.ID, p.Created, p.Runs)...)
		}
	}
	return list
}

func policiesOf(id int64, created *time.Time, uses []metrics.Use) []metrics.Policy {
	var list []metrics.Policy
	for _, use := range uses {
		list = append(list, metrics.Policy{ID: strconv.FormatInt(id, 10), Kind: metrics.Ruleset, Runs: use, Since: instant(created)})
	}
	return list
}

// policy writes which policies hold in a repository, in an order that is the same wherever they were told of.
func (x *side) policy(r *reading, list []metrics.Policy) {
	slices.SortStableFunc(list, func(a, b metrics.Policy) int { return cmp.Compare(a.ID, b.ID) })
	r.imposed, r.ruled = list, true
	if had := r.Last.Told.Policies; !had.Known() || !sameLists(had.List, list) {
		x.Batch.Policies = append(x.Batch.Policies, metrics.PolicyList{Repo: r.Repo.ID, Source: x.source.Name(), Seen: x.source.config.Now(), List: list})
	}
}

// unruled notes of which repositories nobody knows yet what policies make run in them.
func (s *Source) unruled(ctx context.Context, all []*reading, out collectors.Sink) {
	present.Unruled(ctx, s.writer(out), all, s.rules, metrics.UsesWorkflow)
}

// rules says what became of the rulesets of a repository.
func (s *Source) rules(r *reading) present.Rules {
	switch done := r.Parts&listsRead != 0; {
	case !s.config.Parts.Policies || s.graphless.Load(): // which shows none of a repository
		return present.RulesHidden
	case r.ruled || !r.open() || !r.wants(listsRead) || r.before&listsRead != 0:
		return present.RulesSettled
	case r.missed&listsRead != 0 || s.state.unruled() || !done && r.Done.Left:
		return present.RulesMissed
	case done:
		return present.RulesHidden
	}
	return present.RulesSettled
}
