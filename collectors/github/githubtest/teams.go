package githubtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Member is somebody in a team or an organisation. Role is member or maintainer in a team, member or admin
// in an organisation; member where empty.
type Member struct {
	Login string
	Role  string
}

// Team is a team as a test declares it.
type Team struct {
	Slug    string
	Name    string // Slug where empty
	Parent  string // slug of the team above; it has to exist
	Secret  bool
	Members []Member
	Repos   map[string]string // permission (pull, triage, push, maintain, admin) by owner/name
}

type team struct {
	id      int64
	slug    string
	name    string
	secret  bool
	org     *account
	parent  *team
	members []Member
	grants  []grant
}

// grant is what a team may do in a repository.
type grant struct {
	repo       int64
	permission string
}

func (t *team) GraphType() string { return "Team" }
func (t *team) nodeID() string    { return nodeID("T", t.id) }

// AddTeam makes a team of an organisation.
func (p *Peer) AddTeam(org string, declared Team) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	owner := p.state.owner(org)
	t := &team{id: p.state.id(), slug: declared.Slug, name: cmp.Or(declared.Name, declared.Slug), secret: declared.Secret, org: owner}
	if declared.Parent != "" {
		t.parent = owner.mustTeam(declared.Parent)
	}
	for _, m := range declared.Members {
		p.state.join(&t.members, m, p.Now)
	}
	for _, repo := range slices.Sorted(maps.Keys(declared.Repos)) {
		t.grants = append(t.grants, grant{repo: p.state.must(repo).id, permission: declared.Repos[repo]})
	}
	owner.teams = append(owner.teams, t)
}

// MoveTeam puts a team below another one; below none where parent is empty.
func (p *Peer) MoveTeam(org, slug, parent string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	t := p.state.owner(org).mustTeam(slug)
	if t.parent = nil; parent != "" {
		t.parent = p.state.owner(org).mustTeam(parent)
	}
}

// AddMember makes somebody a member of an organisation.
func (p *Peer) AddMember(org string, m Member) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.join(&p.state.owner(org).members, m, p.Now)
}

// JoinTeam makes somebody a member of a team, or gives a member another role.
func (p *Peer) JoinTeam(org, slug string, m Member) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.join(&p.state.owner(org).mustTeam(slug).members, m, p.Now)
}

// LeaveTeam ends somebody's membership of a team.
func (p *Peer) LeaveTeam(org, slug, login string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	t := p.state.owner(org).mustTeam(slug)
	t.members = slices.DeleteFunc(t.members, func(m Member) bool { return strings.EqualFold(m.Login, login) })
}

// Grant lets a team do something in a repository; nothing any more where permission is empty.
func (p *Peer) Grant(org, slug, repo, permission string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	t, id := p.state.owner(org).mustTeam(slug), p.state.must(repo).id
	t.grants = slices.DeleteFunc(t.grants, func(g grant) bool { return g.repo == id })
	if permission != "" {
		t.grants = append(t.grants, grant{repo: id, permission: permission})
	}
}

func (a *account) team(slug string) *team {
	i := slices.IndexFunc(a.teams, func(t *team) bool { return strings.EqualFold(t.slug, slug) })
	if i < 0 {
		return nil
	}
	return a.teams[i]
}

func (a *account) mustTeam(slug string) *team {
	t := a.team(slug)
	if t == nil {
		panic("githubtest: " + a.login + " has no team " + slug)
	}
	return t
}

func (a *account) children(of *team) []*team {
	return slices.DeleteFunc(slices.Clone(a.teams), func(t *team) bool { return t.parent != of })
}

// withChildren lists the members of a team and of all teams below it, as GitHub lists a team's members.
func (t *team) withChildren() []Member {
	all := slices.Clone(t.members)
	for _, child := range t.org.children(t) {
		for _, m := range child.withChildren() {
			if member(all, m.Login) < 0 {
				all = append(all, Member{Login: m.Login, Role: "member"})
			}
		}
	}
	return all
}

// join puts m into a list of members, or changes the role it has there.
func (s *state) join(list *[]Member, m Member, now nowFunc) {
	s.account(m.Login, now())
	m.Role = cmp.Or(m.Role, "member")
	if i := member(*list, m.Login); i >= 0 {
		(*list)[i] = m
		return
	}
	*list = append(*list, m)
}
