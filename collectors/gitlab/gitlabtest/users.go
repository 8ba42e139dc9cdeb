package gitlabtest

import (
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// basic is a user as lists show them.
func (u *user) basic(p *Peer) object {
	return object{"id": u.id, "username": u.Username, "name": u.Name, "state": u.State, "locked": false,
		"avatar_url": nil, "web_url": p.URL + "/" + u.Username, "public_email": u.publicEmail()}
}

func (u *user) publicEmail() string {
	if u.Public {
		return u.Email
	}
	return ""
}

// basicUser is the user of this name as lists show them; null where there is none.
func (p *Peer) basicUser(name string) any {
	if u := p.state.findUser(name); u != nil {
		return u.basic(p)
	}
	return nil
}

func (u *user) object(p *Peer) object {
	shown := u.basic(p)
	shown["bot"], shown["created_at"], shown["namespace_id"] = u.Bot, stamp(u.Created), u.space.id
	shown["bio"], shown["location"], shown["organization"], shown["job_title"] = "", nil, "", ""
	return shown
}

// getUser answers GET /users/{id}.
func getUser(c *call) (any, error) {
	for _, u := range c.peer.state.users {
		if strconv.FormatInt(u.id, 10) == c.Path("id") {
			return u.object(c.peer), nil
		}
	}
	return nil, notFound("User")
}

// listUsers answers GET /users.
func listUsers(c *call) (any, error) {
	var list []*user
	for _, u := range c.peer.state.users {
		if name := c.Given("username"); name == "" || strings.EqualFold(name, u.Username) {
			list = append(list, u)
		}
	}
	return paged(c, list, func(u *user) any { return u.object(c.peer) })
}

// getSelf answers GET /user.
func getSelf(c *call) (any, error) {
	u := c.peer.state.findUser(c.token.User)
	if u == nil {
		u = &user{User: User{Username: c.token.User, Name: c.token.User, State: "active", Created: Start}, id: 1, space: &namespace{}}
	}
	shown := u.object(c.peer)
	shown["email"], shown["is_admin"], shown["two_factor_enabled"] = u.Email, c.token.Admin, true
	return shown, nil
}

// getToken answers GET /personal_access_tokens/self. A token of any scope may ask it.
func getToken(c *call) (any, error) {
	t := c.token
	expires := any(nil)
	if !t.Expires.IsZero() {
		expires = t.Expires.UTC().Format(time.DateOnly)
	}
	return object{"id": 1, "name": "trodden", "revoked": false, "active": true, "created_at": stamp(Start), "last_used_at": stamp(c.peer.Now()),
		"user_id": 1, "scopes": hosttest.List(t.scopes()), "expires_at": expires, "description": nil}, nil
}

// getVersion answers GET /version.
func getVersion(c *call) (any, error) {
	return object{"version": c.peer.config.Version, "revision": "0123456789a"}, nil
}

// getMetadata answers GET /metadata.
func getMetadata(c *call) (any, error) {
	return object{"version": c.peer.config.Version, "revision": "0123456789a", "enterprise": strings.HasSuffix(c.peer.config.Version, "-ee"),
		"kas": object{"enabled": false, "externalUrl": nil, "version": nil}}, nil
}
