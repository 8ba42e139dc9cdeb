package githubtest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Pull is a pull request as a test declares it.
type Pull struct {
	Number    int // the next one where 0
	Title     string
	Author    string // login; one that ends in [bot] is a bot
	Head      string // branch
	Base      string // branch; the default one where empty
	Fork      bool   // it came from a fork
	Draft     bool
	Labels    []string
	Assignees []string  // logins
	Created   time.Time // the peer's time where zero
	Updated   time.Time // the latest of the others where zero
	Merged    time.Time
	Closed    time.Time // Merged where zero
	Merge     string    // commit that brought it in
}

type pull struct {
	Pull
	id int64
}

func (x *pull) state() string {
	switch {
	case !x.Merged.IsZero():
		return "MERGED"
	case !x.Closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

// AddPull makes a pull request and returns its number.
func (p *Peer) AddPull(repo string, declared Pull) int {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	declared.Number = cmp.Or(declared.Number, len(r.pulls)+1)
	declared.Base, declared.Author = cmp.Or(declared.Base, r.Branch), cmp.Or(declared.Author, "robot")
	if declared.Created.IsZero() {
		declared.Created = p.Now()
	}
	for _, login := range append([]string{declared.Author}, declared.Assignees...) {
		p.state.account(login, p.Now())
	}
	made := &pull{Pull: declared, id: p.state.id()}
	made.settle()
	r.pulls = append(r.pulls, made)
	return declared.Number
}

// EditPull changes a pull request; when it was updated is the peer's time, where edit sets no other.
func (p *Peer) EditPull(repo string, number int, edit func(*Pull)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	for _, x := range p.state.must(repo).pulls {
		if x.Number == number {
			x.Updated = p.Now()
			edit(&x.Pull)
			x.settle()
		}
	}
}

// settle fills in the times that follow from others.
func (x *pull) settle() {
	x.Closed = cmp.Or(x.Closed, x.Merged)
	for _, at := range []time.Time{x.Created, x.Merged, x.Closed} {
		if x.Updated.Before(at) {
			x.Updated = at
		}
	}
}

// listPulls answers GET /repos/{owner}/{repo}/pulls.
func listPulls(c *call, r *repository) (any, error) {
	query := c.Request.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	list := slices.DeleteFunc(slices.Clone(r.pulls), func(x *pull) bool {
		return state != "all" && (state == "open") != (x.state() == "OPEN") || query.Get("base") != "" && query.Get("base") != x.Base
	})
	less := pullOrder(query.Get("sort"))
	descending := cmp.Or(query.Get("direction"), map[bool]string{true: "desc", false: "asc"}[query.Get("sort") == ""]) == "desc"
	slices.SortStableFunc(list, func(a, b *pull) int {
		if descending {
			a, b = b, a
		}
		return cmp.Or(less(a, b), cmp.Compare(a.Number, b.Number))
	})
	return paged(c, list, func(x *pull) any { return x.object(c.peer, r) }), nil
}

func pullOrder(by string) func(a, b *pull) int {
	if by == "updated" {
		return func(a, b *pull) int { return a.Updated.Compare(b.Updated) }
	}
	return func(a, b *pull) int { return a.Created.Compare(b.Created) }
}

// getPull answers GET /repos/{owner}/{repo}/pulls/{number}.
func getPull(c *call, r *repository) (any, error) {
	for _, x := range r.pulls {
		if c.Path("number") == strconv.Itoa(x.Number) {
			full := x.object(c.peer, r)
			full["merged"] = !x.Merged.IsZero()
			return full, nil
		}
	}
	return nil, notFound()
}

func (x *pull) object(p *Peer, r *repository) object {
	state := strings.ToLower(x.state())
	if state == "merged" {
		state = "closed"
	}
	return object{
		"id": x.id, "node_id": nodeID("PR", x.id), "number": x.Number, "title": x.Title, "state": state, "draft": x.Draft,
		"user": simpleUser(p, x.Author), "body": nil, "locked": false,
		"labels": hosttest.Each(x.Labels, func(name string) any {
			return object{"id": 1, "name": name, "color": "ededed", "default": false, "description": nil}
		}),
		"created_at": stamp(x.Created), "updated_at": stamp(x.Updated), "closed_at": stamp(x.Closed), "merged_at": stamp(x.Merged),
		"merge_commit_sha": hosttest.OrNull(x.Merge), "assignee": nil, "assignees": []any{}, "milestone": nil,
		"head": x.side(p, r, x.Head, x.Fork), "base": x.side(p, r, x.Base, false),
		"author_association": "MEMBER", "auto_merge": nil,
		"url": p.api(r, "/pulls/%d", x.Number), "html_url": p.html(r, "/pull/%d", x.Number),
	}
}

// side is one end of a pull request. The repository of a fork that is gone is null.
func (x *pull) side(p *Peer, r *repository, branch string, fork bool) object {
	sha := strings.Repeat("0", 40)
	if c := r.git.Branches[branch]; c != nil {
		sha = c.OID
	}
	if fork {
		return object{"ref": branch, "label": x.Author + ":" + branch, "sha": sha, "repo": nil, "user": simpleUser(p, x.Author)}
	}
	return object{"ref": branch, "label": r.owner.login + ":" + branch, "sha": sha, "repo": r.minimal(p), "user": simpleUser(p, r.owner.login)}
}
