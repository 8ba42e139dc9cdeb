package githubtest

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Ruleset is a ruleset as a test declares it.
type Ruleset struct {
	Name        string
	Enforcement string   // active, evaluate or disabled; active where empty
	Branches    []string // as GitHub writes them, such as ~DEFAULT_BRANCH or refs/heads/release/*
	Repos       []string // names or globs of repositories; all where empty; for rulesets of organisations
	Workflows   []RequiredWorkflow
	Deletion    bool // forbids to delete the branch: a rule of another kind
}

// RequiredWorkflow is a workflow that has to pass.
type RequiredWorkflow struct {
	Repo string // owner/name of where its file is
	Path string
	Ref  string
	SHA  string
}

type ruleset struct {
	Ruleset
	id    int64
	owner *account    // of the organisation whose it is
	repo  *repository // nil where it is one of an organisation
	homes []int64     // of the required workflows: the repositories where their files are
	at    time.Time
}

// AddRuleset makes a ruleset of an organisation, or of a repository where owner is owner/name, and returns
// its id.
func (p *Peer) AddRuleset(owner string, declared Ruleset) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	declared.Enforcement = cmp.Or(declared.Enforcement, "active")
	made := &ruleset{Ruleset: declared, id: p.state.id(), at: p.Now()}
	for _, w := range declared.Workflows {
		made.homes = append(made.homes, p.state.must(w.Repo).id)
	}
	if !strings.Contains(owner, "/") {
		made.owner = p.state.owner(owner)
		made.owner.rulesets = append(made.owner.rulesets, made)
		return made.id
	}
	made.repo = p.state.must(owner)
	made.owner = made.repo.owner
	made.repo.rulesets = append(made.repo.rulesets, made)
	return made.id
}

// DeleteRuleset removes a ruleset.
func (p *Peer) DeleteRuleset(owner string, id int64) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	gone := func(s *ruleset) bool { return s.id == id }
	if strings.Contains(owner, "/") {
		r := p.state.must(owner)
		r.rulesets = slices.DeleteFunc(r.rulesets, gone)
		return
	}
	a := p.state.owner(owner)
	a.rulesets = slices.DeleteFunc(a.rulesets, gone)
}

// rulesetsOf lists the rulesets of a repository; those of its organisation first, where they are asked for.
func rulesetsOf(r *repository, parents bool) []*ruleset {
	var all []*ruleset
	if parents {
		for _, s := range r.owner.rulesets {
			if s.covers(r) {
				all = append(all, s)
			}
		}
	}
	return append(all, r.rulesets...)
}

func (s *ruleset) covers(r *repository) bool {
	matches := func(glob string) bool {
		ok, _ := path.Match(glob, r.Name)
		return ok || glob == "~ALL"
	}
	return s.repo == r || s.repo == nil && (len(s.Repos) == 0 || slices.ContainsFunc(s.Repos, matches))
}

func (s *ruleset) branch(r *repository, name string) bool {
	return slices.ContainsFunc(s.Branches, func(glob string) bool {
		ok, _ := path.Match(glob, "refs/heads/"+name)
		return ok || glob == "~ALL" || glob == "~DEFAULT_BRANCH" && name == r.Branch
	})
}

// listOrgRulesets answers GET /orgs/{org}/rulesets. A list says nothing of rules and conditions.
func listOrgRulesets(c *call, org *account) (any, error) {
	return paged(c, org.rulesets, func(s *ruleset) any { return s.brief(c.peer) }), nil
}

// getOrgRuleset answers GET /orgs/{org}/rulesets/{id}.
func getOrgRuleset(c *call, org *account) (any, error) {
	return c.ruleset(org.rulesets)
}

// listRepoRulesets answers GET /repos/{owner}/{repo}/rulesets.
func listRepoRulesets(c *call, r *repository) (any, error) {
	parents := c.Request.URL.Query().Get("includes_parents") != "false"
	return paged(c, rulesetsOf(r, parents), func(s *ruleset) any { return s.brief(c.peer) }), nil
}

// getRepoRuleset answers GET /repos/{owner}/{repo}/rulesets/{id}.
func getRepoRuleset(c *call, r *repository) (any, error) {
	return c.ruleset(rulesetsOf(r, true))
}

func (c *call) ruleset(list []*ruleset) (any, error) {
	for _, s := range list {
		if c.Path("id") == strconv.FormatInt(s.id, 10) {
			full := s.brief(c.peer)
			full["conditions"], full["rules"], full["bypass_actors"] = s.conditions(), s.rules(false), []any{}
			return full, nil
		}
	}
	return nil, notFound()
}

// listBranchRules answers GET /repos/{owner}/{repo}/rules/branches/{branch}: the rules that are active.
func listBranchRules(c *call, r *repository) (any, error) {
	var rules []any
	for _, s := range rulesetsOf(r, true) {
		if s.Enforcement == "active" && s.branch(r, c.Path("branch")) {
			rules = append(rules, s.rules(true)...)
		}
	}
	return paged(c, rules, func(rule any) any { return rule }), nil
}

func (s *ruleset) source() (kind, name string) {
	if s.repo != nil {
		return "Repository", s.repo.fullName()
	}
	return "Organization", s.owner.login
}

func (s *ruleset) brief(p *Peer) object {
	kind, name := s.source()
	return object{"id": s.id, "node_id": nodeID("RRS", s.id), "name": s.Name, "target": "branch", "source_type": kind, "source": name,
		"enforcement": s.Enforcement, "created_at": stamp(s.at), "updated_at": stamp(s.at),
		"_links": object{"self": object{"href": p.URL + "/rulesets/" + strconv.FormatInt(s.id, 10)}}}
}

func (s *ruleset) conditions() object {
	all := object{"ref_name": object{"include": hosttest.List(s.Branches), "exclude": []any{}}}
	if s.repo == nil {
		names := s.Repos
		if len(names) == 0 {
			names = []string{"~ALL"}
		}
		all["repository_name"] = object{"include": hosttest.List(names), "exclude": []any{}, "protected": false}
	}
	return all
}

// rules are the ruleset's rules; those of a branch say where they come from.
func (s *ruleset) rules(sourced bool) []any {
	var rules []object
	if s.Deletion {
		rules = append(rules, object{"type": "deletion"})
	}
	if len(s.Workflows) > 0 {
		rules = append(rules, object{"type": "workflows", "parameters": object{"workflows": s.required()}})
	}
	kind, name := s.source()
	for _, rule := range rules {
		if sourced {
			rule["ruleset_source_type"], rule["ruleset_source"], rule["ruleset_id"] = kind, name, s.id
		}
	}
	return hosttest.List(rules)
}

// required lists the workflows that have to pass.
func (s *ruleset) required() []any {
	var all []any
	for i, w := range s.Workflows {
		one := object{"path": w.Path, "repository_id": s.homes[i]}
		if w.Ref != "" {
			one["ref"] = w.Ref
		}
		if w.SHA != "" {
			one["sha"] = w.SHA
		}
		all = append(all, one)
	}
	return all
}
