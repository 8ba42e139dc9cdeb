package gitlabtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// descendantsOf answers Group.descendantGroups.
func descendantsOf(x *execution, n *namespace, args arguments) (any, error) {
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
func membersOf(x *execution, n *namespace, args arguments) (any, error) {
	if x.call.token == nil {
		return nil, nil
	}
	list := n.Members
	if slices.Contains(args.words("relations"), "INHERITED") {
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

func memberFields() resolvers {
	return resolvers{
		"id":          of(func(m *shownMember) any { return globalID("GroupMember", m.user.id) }),
		"user":        of(func(m *shownMember) any { return m.user }),
		"accessLevel": of(func(m *shownMember) any { return m.access() }),
		"createdAt":   of(func(m *shownMember) any { return stamp(m.since()) }),
		"expiresAt":   of(func(m *shownMember) any { return stamp(m.Expires) }),
	}
}

func levelFields() resolvers {
	return resolvers{
		"integerValue": of(func(level int) any { return level }),
		"stringValue":  of(func(level int) any { return strconv.Itoa(level) }),
	}
}

func coreFields() resolvers {
	return resolvers{
		"id":          of(func(u *user) any { return globalID("User", u.id) }),
		"username":    of(func(u *user) any { return u.Username }),
		"name":        of(func(u *user) any { return u.Name }),
		"publicEmail": of(func(u *user) any { return u.publicEmail() }),
		"bot":         of(func(u *user) any { return u.Bot }),
	}
}

// pipelinesOf answers Project.pipelines, the newest first. Those that another pipeline began are not among them.
func pipelinesOf(_ *execution, p *project, args arguments) (any, error) {
	var list []*pipeline
	for _, y := range slices.Backward(p.pipelines) {
		is := func(name, value string) bool {
			return args.text(name) == "" || strings.EqualFold(args.text(name), value)
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
func updatedWithin(args arguments, at time.Time) (bool, error) {
	for name, refused := range map[string]func(time.Time) bool{
		"updatedAfter":  func(given time.Time) bool { return !at.After(given) },
		"updatedBefore": func(given time.Time) bool { return !at.Before(given) },
	} {
		if args.text(name) == "" {
			continue
		}
		given, err := parseTime(args.text(name))
		if err != nil || refused(given) {
			return false, err
		}
	}
	return true, nil
}

func pipelineFields() resolvers {
	return resolvers{
		"id":         of(func(y *pipeline) any { return globalID("Ci::Pipeline", y.id) }),
		"iid":        of(func(y *pipeline) any { return strconv.Itoa(y.iid) }),
		"status":     of(func(y *pipeline) any { return strings.ToUpper(y.Status) }),
		"source":     of(func(y *pipeline) any { return y.Source }),
		"ref":        of(func(y *pipeline) any { return y.Ref }),
		"sha":        of(func(y *pipeline) any { return y.SHA }),
		"createdAt":  of(func(y *pipeline) any { return stamp(y.Created) }),
		"updatedAt":  of(func(y *pipeline) any { return stamp(y.Updated) }),
		"startedAt":  of(func(y *pipeline) any { return stamp(y.Started) }),
		"finishedAt": of(func(y *pipeline) any { return stamp(y.Finished) }),
	}
}
