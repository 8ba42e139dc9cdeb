package gitlabtest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
)

// listProjects answers GET /projects.
func listProjects(c *call) (any, error) {
	if (c.Given("updated_after") != "" || c.Given("updated_before") != "") && c.Given("order_by") != "updated_at" {
		return nil, invalid("order_by")
	}
	var list []*project
	for _, x := range c.peer.state.listed {
		if !c.sees(x) || c.flag("membership", false) && (c.token == nil || c.level(x.space.all(x.Members)) == 0) {
			continue
		}
		active, err := c.within("last_activity", x.activity)
		updated, err2 := c.within("updated", x.updated)
		if err := cmp.Or(err, err2); err != nil {
			return nil, err
		}
		if active && updated {
			list = append(list, x)
		}
	}
	return c.projects(list)
}

// listUserProjects answers GET /users/{id}/projects: those in the namespace of the user.
func listUserProjects(c *call) (any, error) {
	i := slices.IndexFunc(c.peer.state.users, func(u *user) bool {
		return strconv.FormatInt(u.id, 10) == c.Path("id") || strings.EqualFold(u.Username, c.Path("id"))
	})
	if i < 0 {
		return nil, notFound("User")
	}
	return c.projects(c.below(c.peer.state.users[i].space, false))
}

// listGroupProjects answers GET /groups/{id}/projects. It cannot be asked for what changed after some time.
func listGroupProjects(c *call, n *namespace) (any, error) {
	return c.projects(c.below(n, c.flag("include_subgroups", false)))
}

// projects answers with the page of a list of projects, filtered and in the order that were asked for.
func (c *call) projects(list []*project) (any, error) {
	list = slices.DeleteFunc(list, func(x *project) bool { return !c.wants(x) })
	keys := map[string]func(*project) string{
		"id": func(x *project) string { return sortable(x.id) }, "name": func(x *project) string { return x.Name },
		"path": func(x *project) string { return x.Path }, "created_at": func(x *project) string { return sortableTime(x.Created) },
		"updated_at": func(x *project) string { return sortableTime(x.updated) }, "last_activity_at": func(x *project) string { return sortableTime(x.activity) },
	}
	id := func(x *project) int64 { return x.id }
	if err := order(c, list, "created_at", "desc", keys, id); err != nil {
		return nil, err
	}
	show := func(x *project) any { return x.object(c.peer, c.flag("simple", false)) }
	if c.Given("pagination") != "keyset" || !strings.Contains(c.route.params, "id_after") {
		return paged(c, list, show)
	}
	if c.Given("order_by") != "id" {
		return paged(c, list, show) // which refuses
	}
	return keyset(c, list, "id_after", func(x *project) string { return strconv.FormatInt(x.id, 10) }, show), nil
}

// wants says whether a project fits the filters of a list.
func (c *call) wants(x *project) bool {
	is := func(name, value string) bool { return c.Given(name) == "" || strings.EqualFold(c.Given(name), value) }
	archived := c.Given("archived") == "" || c.flag("archived", false) == x.Archived
	topic := c.Given("topic") == "" || slices.Contains(x.Topics, c.Given("topic"))
	return archived && topic && is("visibility", x.Visibility) && strings.Contains(strings.ToLower(x.Name), strings.ToLower(c.Given("search")))
}

// getProject answers GET /projects/{id}.
func getProject(c *call, x *project) (any, error) {
	return x.object(c.peer, false), nil
}

// getLanguages answers GET /projects/{id}/languages.
func getLanguages(c *call, x *project) (any, error) {
	shown := object{}
	for name, percent := range x.Languages {
		shown[name] = percent
	}
	return shown, nil
}

// object is a project as lists show it: with little where simple, as it is shown alone otherwise.
func (x *project) object(p *Peer, simple bool) object {
	branch := any(nil)
	if x.head() != nil {
		branch = x.Branch
	}
	shown := object{
		"id": x.id, "name": x.Name, "path": x.Path, "path_with_namespace": x.fullPath(), "name_with_namespace": x.space.fullName() + " / " + x.Name,
		"description": hosttest.OrNull(x.Description), "default_branch": branch, "topics": hosttest.List(x.Topics), "tag_list": hosttest.List(x.Topics),
		"created_at": stamp(x.Created), "last_activity_at": stamp(x.activity), "namespace": x.space.short(p),
		"web_url": p.page(x, ""), "http_url_to_repo": p.page(x, ".git"), "ssh_url_to_repo": "git@gitlab.invalid:" + x.fullPath() + ".git",
		"readme_url": nil, "avatar_url": nil, "forks_count": 0, "star_count": 0,
	}
	if !simple {
		x.describe(p, shown)
	}
	return shown
}

// goneUser is the id of a user who is not there any more.
const goneUser = 1

// describe adds what is shown of a project besides.
func (x *project) describe(p *Peer, shown object) {
	shown["visibility"], shown["archived"], shown["empty_repo"] = x.Visibility, x.Archived, x.head() == nil
	shown["updated_at"], shown["ci_config_path"] = stamp(x.updated), hosttest.OrNull(x.CIConfigPath)
	shown["creator_id"], shown["marked_for_deletion_at"] = goneUser, nil
	if u := p.state.findUser(x.Creator); u != nil {
		shown["creator_id"] = u.id
	}
	shown["import_status"], shown["import_type"] = "none", hosttest.OrNull(x.ImportType)
	shown["compliance_frameworks"] = hosttest.List(x.Frameworks)
	shown["issues_enabled"], shown["merge_requests_enabled"], shown["jobs_enabled"] = true, true, true
	shown["shared_with_groups"] = hosttest.Each(slices.Sorted(maps.Keys(x.Shared)), func(path string) any {
		n := p.state.space(path)
		return object{"group_id": n.id, "group_name": n.name, "group_full_path": n.fullPath(), "group_access_level": x.Shared[path], "expires_at": nil}
	})
	shown["merge_method"], shown["squash_option"] = "merge", "default_off"
	shown["_links"] = object{"self": p.api(x, ""), "members": p.api(x, "/members"), "repo_branches": p.api(x, "/repository/branches"),
		"merge_requests": p.api(x, "/merge_requests")}
	if x.space.kind == "user" {
		shown["owner"] = p.basicUser(x.space.path)
	}
	if of := p.state.projects[x.forkOf]; of != nil {
		shown["forked_from_project"] = of.object(p, true)
	}
}
