package githubtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Repo is a repository as a test declares it. What is left zero gets a value that suits most tests.
type Repo struct {
	Name        string
	Description string
	Visibility  string // public, private or internal; private where empty
	Archived    bool
	Fork        bool
	Template    bool
	TemplateOf  string // owner/name of the template that it was made from
	Topics      []string
	Languages   map[string]int // bytes by language
	Properties  map[string]string
	Created     time.Time // the peer's time where zero
	Pushed      time.Time // when the first commit was pushed; Created where zero
	Branch      string    // the default branch; main where empty
	Author      string    // who made the first commit; robot where empty

	Files map[string]string // content by path; an empty repository where there are none
	Modes map[string]string // mode by path, such as 120000; 100644 where none is given
}

// repository is a repository as the peer keeps it.
type repository struct {
	Repo
	id         int64
	owner      *account
	archivedAt time.Time
	updated    time.Time
	templateOf int64

	git *objects.Repo

	runs         []*run
	pulls        []*pull
	rulesets     []*ruleset
	deployments  []*deployment
	environments []*environment
	codeowners   []CodeownersError
}

func (r *repository) fullName() string      { return r.owner.login + "/" + r.Name }
func (r *repository) nodeID() string        { return nodeID("R", r.id) }
func (r *repository) private() bool         { return r.Visibility != "public" }
func (r *repository) head() *objects.Commit { return r.git.Branches[r.Branch] }
func (r *repository) GraphType() string     { return "Repository" }

// AddRepo makes a repository of an account that exists.
func (p *Peer) AddRepo(owner string, repo Repo) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.addRepo(p.state.owner(owner), repo, p.Now())
}

func (s *state) addRepo(owner *account, repo Repo, now time.Time) *repository {
	repo.Visibility = cmp.Or(repo.Visibility, "private")
	repo.Branch = cmp.Or(repo.Branch, "main")
	if repo.Created.IsZero() {
		repo.Created = now
	}
	if repo.Pushed.IsZero() {
		repo.Pushed = repo.Created
	}
	files, modes := repo.Files, repo.Modes
	repo.Files, repo.Modes = nil, nil // kept as git objects from here on
	r := &repository{Repo: repo, id: s.id(), owner: owner, updated: repo.Pushed, git: s.objects.NewRepo()}
	if repo.TemplateOf != "" {
		r.templateOf = s.must(repo.TemplateOf).id
	}
	if repo.Archived {
		r.archivedAt = now
	}
	s.repos[r.id] = r
	s.names[strings.ToLower(r.fullName())] = r.id
	s.listed = append(s.listed, r)
	if len(files) > 0 {
		s.push(r, Push{Files: files, Modes: modes, Author: repo.Author, Message: "Begin", At: repo.Pushed})
	}
	return r
}

// Push is a commit that is brought to a branch.
type Push = objects.Push

// Push brings a commit to a repository and returns its object id.
func (p *Peer) Push(repo string, push Push) string {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	if push.At.IsZero() {
		push.At = p.Now()
	}
	return p.state.push(p.state.must(repo), push).OID
}

func (s *state) push(r *repository, push Push) *objects.Commit {
	c := r.git.Push(r.Branch, push)
	r.Pushed, r.updated = push.At, push.At
	return c
}

// Rename gives a repository another name. REST answers the old one by 301; GraphQL follows it.
func (p *Peer) Rename(repo, name string) { p.move(repo, "", name) }

// Transfer gives a repository another owner. The old name leads to it still.
func (p *Peer) Transfer(repo, owner string) { p.move(repo, owner, "") }

func (p *Peer) move(repo, owner, name string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	r.Name = cmp.Or(name, r.Name)
	if owner != "" {
		r.owner = p.state.owner(owner)
	}
	r.updated = p.Now()
	p.state.names[strings.ToLower(r.fullName())] = r.id
}

// Archive makes a repository read-only, or ends that.
func (p *Peer) Archive(repo string, archived bool) {
	p.change(repo, func(r *repository) {
		r.Archived, r.archivedAt = archived, time.Time{}
		if archived {
			r.archivedAt = p.Now()
		}
	})
}

// Delete removes a repository for good: every name that it had is not found from now on.
func (p *Peer) Delete(repo string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	delete(p.state.repos, r.id)
	maps.DeleteFunc(p.state.names, func(_ string, id int64) bool { return id == r.id })
	p.state.listed = slices.DeleteFunc(p.state.listed, func(x *repository) bool { return x == r })
}

// RenameBranch gives a branch another name; the default branch stays the default one.
func (p *Peer) RenameBranch(repo, from, to string) {
	p.change(repo, func(r *repository) {
		r.git.RenameBranch(from, to)
		if r.Branch == from {
			r.Branch = to
		}
	})
}

// Edit changes what is declared of a repository: its description, visibility, topics, languages and
// properties. Neither its name nor its files are changed so.
func (p *Peer) Edit(repo string, edit func(*Repo)) {
	p.change(repo, func(r *repository) { edit(&r.Repo) })
}

func (p *Peer) change(repo string, change func(*repository)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	r.updated = p.Now()
	change(r)
}

// Head returns the newest commit of the default branch; empty in an empty repository.
func (p *Peer) Head(repo string) string {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	if head := p.state.must(repo).head(); head != nil {
		return head.OID
	}
	return ""
}

// ID returns the database id of a repository.
func (p *Peer) ID(repo string) int64 {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	return p.state.must(repo).id
}
