package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Group is a group as a test declares it.
type Group struct {
	Name        string // the last part of its path where empty
	Description string
	Visibility  string // public, private or internal; private where empty
	Created     time.Time
	Members     []Member
}

// namespace is a group, or what a user has in place of one.
type namespace struct {
	Group
	id     int64
	kind   string // group or user
	path   string // last part of the full path
	name   string
	parent *namespace

	frameworks []*framework
	policies   []*policy
}

func (n *namespace) fullPath() string {
	if n.parent == nil {
		return n.path
	}
	return n.parent.fullPath() + "/" + n.path
}

func (n *namespace) fullName() string {
	if n.parent == nil {
		return n.name
	}
	return n.parent.fullName() + " / " + n.name
}

// within says whether a namespace is another one or below it.
func (n *namespace) within(other *namespace) bool {
	return n == other || n.parent != nil && n.parent.within(other)
}

// AddGroup makes a group. Those above it, which its path names, have to be there already.
func (p *Peer) AddGroup(path string, group Group) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	return p.state.addGroup(path, group, p.Now()).id
}

func (s *state) addGroup(path string, group Group, now time.Time) *namespace {
	n := &namespace{Group: group, id: s.id(), kind: "group", path: path}
	if at := strings.LastIndex(path, "/"); at >= 0 {
		n.parent, n.path = s.space(path[:at]), path[at+1:]
	}
	n.name, n.Visibility = cmp.Or(group.Name, n.path), cmp.Or(group.Visibility, "private")
	if n.Created.IsZero() {
		n.Created = now
	}
	for _, m := range n.Members {
		s.user(m.User, now)
	}
	s.spaces[strings.ToLower(path)] = n
	return n
}

// RenameGroup gives a group another last part of its path. All that is below it moves along; REST answers the
// old paths of its projects by 301, and the page of the old path of the group leads to the new one.
func (p *Peer) RenameGroup(path, to string) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	n := p.state.space(path)
	p.state.former[strings.ToLower(n.fullPath())] = n
	n.path = to
	spaces := p.state.spaces
	p.state.spaces = map[string]*namespace{}
	for _, old := range spaces {
		p.state.spaces[strings.ToLower(old.fullPath())] = old
	}
	for _, x := range p.state.listed {
		if x.space.within(n) {
			p.state.paths[strings.ToLower(x.fullPath())] = x.id
		}
	}
}

// groups lists all groups by id.
func (s *state) groups() []*namespace {
	var list []*namespace
	for _, n := range s.spaces {
		if n.kind == "group" {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b *namespace) int { return cmp.Compare(a.id, b.id) })
	return list
}

// group returns the group of the path: by id or by full path. Groups that were renamed are not found by
// their old path, unless the peer is one that leads from there.
func (c *call) group() (*namespace, error) {
	n := c.peer.state.findSpace(c.Path("id"))
	if was := c.peer.state.former[strings.ToLower(c.Path("id"))]; n == nil && was != nil && c.peer.config.LeadOn {
		return nil, moved(strings.Replace(c.peer.URL+c.Request.URL.RequestURI(), url.PathEscape(c.Path("id")), strconv.FormatInt(was.id, 10), 1))
	}
	if n == nil || n.kind != "group" || !c.seesGroup(n) {
		return nil, notFound("Group")
	}
	return n, nil
}

// groupPage answers for the page of a group for people, to whom no token signs in.
func (p *Peer) groupPage(w http.ResponseWriter, r *http.Request) {
	_, leave := p.Call(r, "page", "", "", "")
	defer leave()
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	path := strings.ToLower(strings.Trim(r.URL.Path, "/"))
	switch n := cmp.Or(p.state.spaces[path], p.state.former[path]); {
	case n == nil || n.Visibility != "public":
		http.Redirect(w, r, p.URL+"/users/sign_in", http.StatusFound)
	case !strings.EqualFold(n.fullPath(), path):
		http.Redirect(w, r, p.URL+"/"+n.fullPath(), http.StatusFound)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<title>%s</title>", n.fullName())
	}
}

// findSpace returns a namespace by its id or its full path.
func (s *state) findSpace(name string) *namespace {
	if n := s.spaces[strings.ToLower(name)]; n != nil {
		return n
	}
	for _, n := range s.spaces {
		if strconv.FormatInt(n.id, 10) == name {
			return n
		}
	}
	return nil
}

// getGroup answers GET /groups/{id}.
func getGroup(c *call, n *namespace) (any, error) {
	shown := n.object(c.peer)
	shown["shared_with_groups"] = []any{}
	if c.Given("with_projects") != "false" {
		shown["projects"] = hosttest.Each(c.below(n, false), func(x *project) any { return x.object(c.peer, true) })
	}
	return shown, nil
}

// listSubgroups answers GET /groups/{id}/subgroups.
func listSubgroups(c *call) (any, error) {
	return c.groupsWhere(func(n, of *namespace) bool { return n.parent == of })
}

// listDescendantGroups answers GET /groups/{id}/descendant_groups.
func listDescendantGroups(c *call) (any, error) {
	return c.groupsWhere(func(n, of *namespace) bool { return n != of && n.within(of) })
}

func (c *call) groupsWhere(wanted func(n, of *namespace) bool) (any, error) {
	of, err := c.group()
	if err != nil {
		return nil, err
	}
	var list []*namespace
	for _, n := range c.peer.state.groups() {
		if wanted(n, of) && c.seesGroup(n) {
			list = append(list, n)
		}
	}
	keys := map[string]func(*namespace) string{"name": func(n *namespace) string { return n.name }, "path": func(n *namespace) string { return n.path },
		"id": func(n *namespace) string { return sortable(n.id) }}
	if err := order(c, list, "name", "asc", keys, func(n *namespace) int64 { return n.id }); err != nil {
		return nil, err
	}
	return paged(c, list, func(n *namespace) any { return n.object(c.peer) })
}

// below lists the projects of a group that the caller may see, by id.
func (c *call) below(n *namespace, deep bool) []*project {
	var list []*project
	for _, x := range c.peer.state.listed {
		if (x.space == n || deep && x.space.within(n)) && c.sees(x) {
			list = append(list, x)
		}
	}
	return list
}

func (n *namespace) parentID() any {
	if n.parent == nil {
		return nil
	}
	return n.parent.id
}

func (n *namespace) object(p *Peer) object {
	return object{
		"id": n.id, "name": n.name, "path": n.path, "description": n.Description, "visibility": n.Visibility,
		"full_name": n.fullName(), "full_path": n.fullPath(), "parent_id": n.parentID(), "created_at": stamp(n.Created),
		"web_url": p.URL + "/groups/" + n.fullPath(), "avatar_url": nil, "lfs_enabled": true, "request_access_enabled": true,
		"default_branch": nil, "marked_for_deletion_on": nil, "file_template_project_id": nil,
	}
}

// short is a namespace as projects show it.
func (n *namespace) short(p *Peer) object {
	return object{"id": n.id, "name": n.name, "path": n.path, "kind": n.kind, "full_path": n.fullPath(), "parent_id": n.parentID(),
		"avatar_url": nil, "web_url": p.URL + "/" + n.fullPath()}
}
