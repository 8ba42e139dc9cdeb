package gitlabtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Levels of access.
const (
	Guest      = 10
	Reporter   = 20
	Developer  = 30
	Maintainer = 40
	Owner      = 50
)

// Member is somebody's access to a group or a project.
type Member struct {
	User    string
	Access  int       // Developer where 0
	Since   time.Time // Start where zero
	Expires time.Time
}

// AddMember gives somebody access to a group or a project, or changes it.
func (p *Peer) AddMember(path string, m Member) {
	p.changeMembers(path, func(list []Member) []Member {
		p.state.user(m.User, p.Now())
		return append(without(list, m.User), m)
	})
}

// RemoveMember takes away somebody's own access to a group or a project; what is inherited stays.
func (p *Peer) RemoveMember(path, user string) {
	p.changeMembers(path, func(list []Member) []Member { return without(list, user) })
}

func (p *Peer) changeMembers(path string, change func([]Member) []Member) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	if n := p.state.spaces[strings.ToLower(path)]; n != nil {
		n.Members = change(n.Members)
		return
	}
	x := p.state.must(path)
	x.Members = change(x.Members)
}

func without(list []Member, user string) []Member {
	return slices.DeleteFunc(slices.Clone(list), func(m Member) bool { return strings.EqualFold(m.User, user) })
}

// all lists the members of a namespace with those that it inherits, each with the highest access.
func (n *namespace) all(own []Member) []Member {
	highest := slices.Clone(own)
	for ; n != nil; n = n.parent {
		for _, m := range n.Members {
			i := slices.IndexFunc(highest, func(h Member) bool { return strings.EqualFold(h.User, m.User) })
			switch {
			case i < 0:
				highest = append(highest, m)
			case m.access() > highest[i].access():
				highest[i] = m
			}
		}
	}
	return highest
}

func (m Member) since() time.Time {
	if m.Since.IsZero() {
		return Start
	}
	return m.Since
}

func (m Member) access() int { return cmp.Or(m.Access, Developer) }

// listGroupMembers answers GET /groups/{id}/members.
func listGroupMembers(c *call, n *namespace) (any, error) {
	return c.members(n.Members)
}

// listAllGroupMembers answers GET /groups/{id}/members/all.
func listAllGroupMembers(c *call, n *namespace) (any, error) {
	return c.members(n.all(nil))
}

// listProjectMembers answers GET /projects/{id}/members.
func listProjectMembers(c *call, x *project) (any, error) {
	return c.members(x.Members)
}

// listAllProjectMembers answers GET /projects/{id}/members/all.
func listAllProjectMembers(c *call, x *project) (any, error) {
	return c.members(x.space.all(x.Members))
}

func (c *call) members(list []Member) (any, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(m Member) bool { return !m.Expires.IsZero() && !m.Expires.After(c.peer.Now()) })
	return paged(c, list, func(m Member) any {
		shown := c.peer.state.findUser(m.User).basic(c.peer)
		shown["access_level"], shown["created_at"], shown["expires_at"] = m.access(), stamp(m.since()), nil
		shown["membership_state"], shown["member_role"] = "active", nil
		if !m.Expires.IsZero() {
			shown["expires_at"] = m.Expires.Format(time.DateOnly)
		}
		return shown
	})
}
