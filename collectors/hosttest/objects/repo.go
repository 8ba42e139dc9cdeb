package objects

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Repo is the commits, branches and tags of one repository. Which branch is the default one its host knows.
type Repo struct {
	Branches map[string]*Commit
	Commits  map[string]*Commit // by object id
	Tags     []Tag              // by name

	store *Store
}

// NewRepo returns a repository that is empty.
func (s *Store) NewRepo() *Repo {
	return &Repo{Branches: map[string]*Commit{}, Commits: map[string]*Commit{}, store: s}
}

// Push is a commit that is brought to a branch.
type Push struct {
	Branch  string            // the default one where empty; made where it does not exist
	Files   map[string]string // content by path of what is new or changed
	Modes   map[string]string // mode by path, such as 120000
	Deleted []string          // paths
	Author  string            // name of an account; robot where empty
	Message string
	At      time.Time // the host's time where zero
}

// Push brings a commit. A branch that is new begins at the head of the default one.
func (r *Repo) Push(branch string, push Push) *Commit {
	to := cmp.Or(push.Branch, branch)
	files, parents := map[string]File{}, []string(nil)
	if from := cmp.Or(r.Branches[to], r.Branches[branch]); from != nil {
		files, parents = from.Tree.Files(), []string{from.OID}
	}
	for path, content := range push.Files {
		files[path] = File{Mode: cmp.Or(push.Modes[path], ModeFile), Blob: r.store.blob(content)}
	}
	for _, path := range push.Deleted {
		delete(files, path)
	}
	c := newCommit(r.store.tree(files), parents, cmp.Or(push.Author, "robot"), cmp.Or(push.Message, "Change"), push.At)
	r.Branches[to], r.Commits[c.OID] = c, c
	return c
}

// RenameBranch gives a branch another name.
func (r *Repo) RenameBranch(from, to string) {
	r.Branches[to] = r.Branches[from]
	delete(r.Branches, from)
}

// Names lists the names of the branches.
func (r *Repo) Names() []string { return slices.Sorted(maps.Keys(r.Branches)) }

// History lists a commit and those before it, the newest first.
func (r *Repo) History(at *Commit) []*Commit {
	all := []*Commit{at}
	for len(at.Parents) > 0 {
		at = r.Commits[at.Parents[0]]
		all = append(all, at)
	}
	return all
}

// Changes lists the paths that a commit changed.
func (r *Repo) Changes(c *Commit) (added, removed, modified []string) {
	old, now := map[string]File{}, c.Tree.Files()
	if len(c.Parents) > 0 {
		old = r.Commits[c.Parents[0]].Tree.Files()
	}
	for _, path := range slices.Sorted(maps.Keys(now)) {
		switch was, ok := old[path]; {
		case !ok:
			added = append(added, path)
		case was.Mode != now[path].Mode || was.Blob.OID != now[path].Blob.OID:
			modified = append(modified, path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(old)) {
		if _, ok := now[path]; !ok {
			removed = append(removed, path)
		}
	}
	return added, removed, modified
}

// Revision returns the commit that a name stands for: HEAD or nothing for the default branch, a branch, a tag, a
// reference or an object id; nil where it stands for none.
func (r *Repo) Revision(branch, name string) *Commit {
	if name == "" || name == "HEAD" {
		return r.Branches[branch]
	}
	short := strings.TrimPrefix(name, "refs/")
	if c := r.Branches[strings.TrimPrefix(short, "heads/")]; c != nil {
		return c
	}
	for _, t := range r.Tags {
		if t.Name == strings.TrimPrefix(short, "tags/") {
			return t.Commit
		}
	}
	return r.Commits[name]
}

// Object returns the object that has this id: a *Commit, *Tree, *Blob or *TagObject; nil where there is none.
func (r *Repo) Object(oid string) any {
	if c := r.Commits[oid]; c != nil {
		return c
	}
	for _, t := range r.Tags {
		if t.Object != nil && t.Object.OID == oid {
			return t.Object
		}
	}
	for _, c := range r.Commits {
		if c.Tree.OID == oid {
			return c.Tree
		}
		for _, e := range c.Tree.Walk("") {
			if e.OID == oid {
				return e.Object()
			}
		}
	}
	return nil
}
