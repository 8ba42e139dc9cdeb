package gitlabtest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

// descendantsOf answers Group.descendantGroups.
func descendantsOf(x *execution, n *namespace, args graph.Arguments) (any, error) {
	var list []*namespace
	for _, g := range x.peer.state.groups() {
		if g != n && g.within(n) && x.call.seesGroup(g) {
			list = append(list, g)
		}
	}
	return connect(args, list)
}

// membersOf answers Group.groupMembers: a group's own, and those of the groups above where they are asked for. Who is
// not signed in sees none.
func membersOf(x *execution, n *namespace, args graph.Arguments) (any, error) {
	if x.call.token == nil {
		return nil, nil
	}
	list := n.Members
	if slices.Contains(args.Words("relations"), "INHERITED") {
		list = n.all(nil)
	}
	now := x.peer.Now()
	var shown []*shownMember
	for _, m := range list {
		if m.Expires.IsZero() || m.Expires.After(now) {
			shown = append(shown, &shownMember{m, x.peer.state.findUser(m.User)})
		}
	}
	return connect(args, shown)
}

// shownMember is a member with the user that it is.
type shownMember struct {
	Member
	user *user
}

func memberFields() graph.Fields {
	return graph.Fields{
		"id":          graph.Of(func(m *shownMember) any { return globalID("GroupMember", m.user.id) }),
		"user":        graph.Of(func(m *shownMember) any { return m.user }),
		"accessLevel": graph.Of(func(m *shownMember) any { return m.access() }),
		"createdAt":   graph.Of(func(m *shownMember) any { return stamp(m.since()) }),
		"expiresAt":   graph.Of(func(m *shownMember) any { return stamp(m.Expires) }),
	}
}

// listUsers answers Query.users, the newest first.
func (x *execution) listUsers(args graph.Arguments) (any, error) {
	ids, names := args.Words("ids"), args.Words("usernames")
	var list []*user
	for _, u := range slices.Backward(x.peer.state.users) {
		if (ids == nil || slices.Contains(ids, globalID("User", u.id))) && (names == nil || slices.Contains(names, u.Username)) {
			list = append(list, u)
		}
	}
	return connect(args, list)
}

// levelNames are the levels of access as GraphQL writes them.
var levelNames = map[int]string{
	0: "NO_ACCESS", 5: "MINIMAL_ACCESS", 10: "GUEST", 15: "PLANNER", 20: "REPORTER", 30: "DEVELOPER", 40: "MAINTAINER", 50: "OWNER",
}

func levelFields() graph.Fields {
	return graph.Fields{
		"integerValue": graph.Of(func(level int) any { return level }),
		"stringValue":  graph.Of(func(level int) any { return hosttest.OrNull(levelNames[level]) }),
	}
}

func coreFields() graph.Fields {
	return graph.Fields{
		"id":          graph.Of(func(u *user) any { return globalID("User", u.id) }),
		"username":    graph.Of(func(u *user) any { return u.Username }),
		"name":        graph.Of(func(u *user) any { return u.Name }),
		"publicEmail": graph.Of(func(u *user) any { return u.publicEmail() }),
		"bot":         graph.Of(func(u *user) any { return u.Bot }),
	}
}

// pipelinesOf answers Project.pipelines, the newest first. Those that another pipeline began are not among them.
func pipelinesOf(_ *execution, p *project, args graph.Arguments) (any, error) {
	var list []*pipeline
	for _, y := range slices.Backward(p.pipelines) {
		is := func(name, value string) bool {
			return args.Text(name) == "" || strings.EqualFold(args.Text(name), value)
		}
		if y.Source == "parent_pipeline" || !is("ref", y.Ref) || !is("sha", y.SHA) || !is("source", y.Source) || !is("status", y.Status) {
			continue
		}
		after, err := updatedWithin(args, y.Updated)
		if err != nil {
			return nil, err
		}
		if after {
			list = append(list, y)
		}
	}
	return connect(args, list)
}

// updatedWithin says whether a time is between the arguments updatedAfter and updatedBefore.
func updatedWithin(args graph.Arguments, at time.Time) (bool, error) {
	for name, refused := range map[string]func(time.Time) bool{
		"updatedAfter":  func(given time.Time) bool { return !at.After(given) },
		"updatedBefore": func(given time.Time) bool { return !at.Before(given) },
	} {
		if args.Text(name) == "" {
			continue
		}
		given, err := parseTime(args.Text(name))
		if err != nil || refused(given) {
			return false, err
		}
	}
	return true, nil
}

func pipelineFields() graph.Fields {
	return graph.Fields{
		"id":         graph.Of(func(y *pipeline) any { return globalID("Ci::Pipeline", y.id) }),
		"iid":        graph.Of(func(y *pipeline) any { return strconv.Itoa(y.iid) }),
		"status":     graph.Of(func(y *pipeline) any { return strings.ToUpper(y.Status) }),
		"source":     graph.Of(func(y *pipeline) any { return y.Source }),
		"ref":        graph.Of(func(y *pipeline) any { return y.Ref }),
		"sha":        graph.Of(func(y *pipeline) any { return y.SHA }),
		"createdAt":  graph.Of(func(y *pipeline) any { return stamp(y.Created) }),
		"updatedAt":  graph.Of(func(y *pipeline) any { return stamp(y.Updated) }),
		"startedAt":  graph.Of(func(y *pipeline) any { return stamp(y.Started) }),
		"finishedAt": graph.Of(func(y *pipeline) any { return stamp(y.Finished) }),
	}
}
