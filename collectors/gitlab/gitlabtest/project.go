package gitlabtest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Project is a project as a test declares it. What is left zero gets a value that suits most tests.
type Project struct {
	Path         string // the last part of the full path
	Name         string // Path where empty
	Description  string
	Visibility   string // public, private or internal; private where empty
	Archived     bool
	ForkOf       string // full path
	ImportType   string // such as gitlab_custom_project_template, of one that was made from a template
	Topics       []string
	Languages    map[string]float64 // percents
	CIConfigPath string             // .gitlab-ci.yml where empty
	Frameworks   []string           // names of compliance frameworks of a group above
	Created      time.Time          // the peer's time where zero
	Pushed       time.Time          // when the first commit was pushed; Created where zero
	Branch       string             // the default branch; main where empty
	Author       string             // who made the first commit; robot where empty
	Creator      string             // who created it; somebody who is not there any more where empty
	Size         int64              // bytes of the repository; not told where 0
	Members      []Member           // besides those of the groups above
	Shared       map[string]int     // levels of access of the groups that it is shared with, by their full paths

	Files map[string]string // content by path; an empty repository where there are none
	Modes map[string]string // mode by path, such as 120000; 100644 where none is given
}

// project is a project as the peer keeps it.
type project struct {
	Project
	id       int64
	space    *namespace
	forkOf   int64
	updated  time.Time
	activity time.Time

	git *objects.Repo

	pipelines    []*pipeline
	merges       []*merge
	deployments  []*deployment
	environments []*environment
	policies     []*policy
}

func (x *project) fullPath() string      { return x.space.fullPath() + "/" + x.Path }
func (x *project) head() *objects.Commit { return x.git.Branches[x.Branch] }

// AddProject makes a project in a group or in the namespace of a user.
func (p *Peer) AddProject(space string, declared Project) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	return p.state.addProject(p.state.space(space), declared, p.Now()).id
}

func (s *state) addProject(space *namespace, declared Project, now time.Time) *project {
	declared.complete(now)
	files, modes := declared.Files, declared.Modes
	declared.Files, declared.Modes = nil, nil // kept as git objects from here on
	x := &project{Project: declared, id: s.id(), space: space, updated: declared.Created, activity: declared.Created,
		git: s.objects.NewRepo()}
	if declared.ForkOf != "" {
		x.forkOf = s.must(declared.ForkOf).id
	}
	for _, m := range declared.Members {
		s.user(m.User, now)
	}
	if declared.Creator != "" {
		s.user(declared.Creator, now)
	}
	s.projects[x.id] = x
	s.paths[strings.ToLower(x.fullPath())] = x.id
	s.listed = append(s.listed, x)
	if len(files) > 0 {
		s.push(x, Push{Files: files, Modes: modes, Author: declared.Author, Message: "Begin", At: declared.Pushed})
	}
	return x
}

func (d *Project) complete(now time.Time) {
	d.Name, d.Visibility, d.Branch = cmp.Or(d.Name, d.Path), cmp.Or(d.Visibility, "private"), cmp.Or(d.Branch, "main")
	if d.Created.IsZero() {
		d.Created = now
	}
	if d.Pushed.IsZero() {
		d.Pushed = d.Created
	}
}

// named returns the project of an id in decimal or of a full path; nil where there is none.
func (s *state) named(name string) *project {
	if x := s.project(name); x != nil {
		return x
	}
	id, _ := strconv.ParseInt(name, 10, 64)
	return s.projects[id]
}

// Push is a commit that is brought to a branch.
type Push = objects.Push

// Push brings a commit to a project and returns its object id. As GitLab does it, the push moves the project's
// last activity only where that is more than an hour old.
func (p *Peer) Push(path string, push Push) string {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	if push.At.IsZero() {
		push.At = p.Now()
	}
	return p.state.push(p.state.must(path), push).OID
}

func (s *state) push(x *project, push Push) *objects.Commit {
	c := x.git.Push(x.Branch, push)
	x.touch(push.At)
	return c
}

// activityInterval is how old the last activity of a project has to be before another one moves it.
const activityInterval = time.Hour

// touch notes an activity in a project.
func (x *project) touch(at time.Time) {
	if at.Sub(x.activity) > activityInterval {
		x.activity = at
	}
}

// Rename gives a project another last part of its path. REST answers the old one by 301.
func (p *Peer) Rename(path, to string) { p.move(path, "", to) }

// Transfer moves a project to another namespace. REST answers the old path by 301.
func (p *Peer) Transfer(path, space string) { p.move(path, space, "") }

func (p *Peer) move(path, space, to string) {
	p.change(path, func(x *project) {
		x.Path = cmp.Or(to, x.Path)
		if space != "" {
			x.space = p.state.space(space)
		}
		p.state.paths[strings.ToLower(x.fullPath())] = x.id
	})
}

// Archive makes a project read-only, or ends that.
func (p *Peer) Archive(path string, archived bool) {
	p.change(path, func(x *project) { x.Archived = archived })
}

// Delete removes a project for good: every path that it had is not found from now on.
func (p *Peer) Delete(path string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	x := p.state.must(path)
	delete(p.state.projects, x.id)
	maps.DeleteFunc(p.state.paths, func(_ string, id int64) bool { return id == x.id })
	p.state.listed = slices.DeleteFunc(p.state.listed, func(y *project) bool { return y == x })
}

// RenameBranch gives a branch another name; the default branch stays the default one.
func (p *Peer) RenameBranch(path, from, to string) {
	p.change(path, func(x *project) {
		x.git.RenameBranch(from, to)
		if x.Branch == from {
			x.Branch = to
		}
	})
}

// Edit changes what is declared of a project, such as its description, visibility, topics and the path of its
// CI configuration. Neither its path nor its files are changed so.
func (p *Peer) Edit(path string, edit func(*Project)) {
	p.change(path, func(x *project) { edit(&x.Project) })
}

func (p *Peer) change(path string, change func(*project)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	x := p.state.must(path)
	x.updated = p.Now()
	change(x)
}

// Head returns the newest commit of the default branch; empty in an empty repository.
func (p *Peer) Head(path string) string {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	if head := p.state.must(path).head(); head != nil {
		return head.OID
	}
	return ""
}

// ID returns the id of a project.
func (p *Peer) ID(path string) int64 {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	return p.state.must(path).id
}
