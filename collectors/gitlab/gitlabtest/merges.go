package gitlabtest

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// MergeRequest is a merge request as a test declares it.
type MergeRequest struct {
	Title    string
	Author   string
	Assignee string
	Source   string // branch
	Target   string // branch; the default one where empty
	Labels   []string
	Draft    bool
	Squash   bool
	Created  time.Time
	Merged   time.Time // open or closed where zero
	Closed   time.Time // without being merged
	Updated  time.Time // the last of the others where zero
	Merge    string    // commit that merged it; none where it was merged by moving the branch
	Squashed string    // commit that holds all of it
}

type merge struct {
	MergeRequest
	id  int64
	iid int
}

// AddMergeRequest makes a merge request and returns its number in the project.
func (p *Peer) AddMergeRequest(path string, declared MergeRequest) int {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	return p.state.addMerge(p.state.must(path), declared, p.Now()).iid
}

func (s *state) addMerge(x *project, declared MergeRequest, now time.Time) *merge {
	if declared.Created.IsZero() {
		declared.Created = now
	}
	declared.Target, declared.Author = cmp.Or(declared.Target, x.Branch), cmp.Or(declared.Author, "robot")
	made := &merge{MergeRequest: declared, id: s.id(), iid: len(x.merges) + 1}
	made.settle()
	s.user(made.Author, now)
	if made.Assignee != "" {
		s.user(made.Assignee, now)
	}
	x.merges = append(x.merges, made)
	return made
}

// settle lets a merge request be updated when the last thing happened to it.
func (m *merge) settle() {
	for _, at := range []time.Time{m.Created, m.Merged, m.Closed} {
		if m.Updated.Before(at) {
			m.Updated = at
		}
	}
}

// EditMergeRequest changes a merge request; it is updated now where the change does not say when.
func (p *Peer) EditMergeRequest(path string, iid int, edit func(*MergeRequest)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	m := p.state.must(path).merges[iid-1]
	before := m.Updated
	edit(&m.MergeRequest)
	if m.Updated.Equal(before) {
		m.Updated = p.Now()
	}
	m.settle()
}

func (m *merge) status() string {
	switch {
	case !m.Merged.IsZero():
		return "merged"
	case !m.Closed.IsZero():
		return "closed"
	}
	return "opened"
}

// mergeParams are the parameters of lists of merge requests.
const mergeParams = timeParams + "state scope labels author_id author_username source_branch target_branch with_labels_details iids[]"

// placedMerge is a merge request with its project.
type placedMerge struct {
	*merge
	project *project
}

// listMergeRequests answers GET /projects/{id}/merge_requests.
func listMergeRequests(c *call, x *project) (any, error) {
	return c.merges([]*project{x})
}

// listGroupMergeRequests answers GET /groups/{id}/merge_requests, which has those of all projects below the
// group, subgroups included, unless they are archived.
func listGroupMergeRequests(c *call, n *namespace) (any, error) {
	return c.merges(slices.DeleteFunc(c.below(n, true), func(x *project) bool { return x.Archived }))
}

func (c *call) merges(of []*project) (any, error) {
	var list []placedMerge
	for _, x := range of {
		for _, m := range x.merges {
			ok, err := c.wantsMerge(m)
			if err != nil {
				return nil, err
			}
			if ok {
				list = append(list, placedMerge{m, x})
			}
		}
	}
	keys := map[string]func(placedMerge) string{
		"created_at": func(m placedMerge) string { return sortableTime(m.Created) },
		"updated_at": func(m placedMerge) string { return sortableTime(m.Updated) },
	}
	if err := order(c, list, "created_at", "desc", keys, func(m placedMerge) int64 { return m.id }); err != nil {
		return nil, err
	}
	return paged(c, list, func(m placedMerge) any { return m.object(c.peer, m.project) })
}

func (c *call) wantsMerge(m *merge) (bool, error) {
	updated, err := c.within("updated", m.Updated)
	created, err2 := c.within("created", m.Created)
	is := func(name, value string) bool { return c.Given(name) == "" || c.Given(name) == value }
	state := cmp.Or(c.Given("state"), "all")
	if !slices.Contains([]string{"all", "opened", "closed", "merged", "locked"}, state) {
		return false, invalid("state")
	}
	return updated && created && (state == "all" || state == m.status()) && is("source_branch", m.Source) && is("target_branch", m.Target) &&
		is("author_username", m.Author), cmp.Or(err, err2)
}

// getMergeRequest answers GET /projects/{id}/merge_requests/{iid}.
func getMergeRequest(c *call, x *project) (any, error) {
	for _, m := range x.merges {
		if strconv.Itoa(m.iid) == c.Path("iid") {
			shown := m.object(c.peer, x)
			shown["changes_count"], shown["head_pipeline"] = "1", nil
			return shown, nil
		}
	}
	return nil, hosttest.Refuse(404, "404 Not found")
}

func (m *merge) object(p *Peer, x *project) object {
	shown := object{"id": m.id, "iid": m.iid, "project_id": x.id, "title": m.Title, "description": nil, "state": m.status(), "draft": m.Draft,
		"created_at": stamp(m.Created), "updated_at": stamp(m.Updated), "merged_at": stamp(m.Merged), "closed_at": stamp(m.Closed),
		"source_branch": m.Source, "target_branch": m.Target, "source_project_id": x.id, "target_project_id": x.id,
		"author": p.basicUser(m.Author), "assignee": p.basicUser(m.Assignee), "assignees": []any{}, "reviewers": []any{}, "labels": hosttest.List(m.Labels),
		"merged_by": nil, "merge_user": nil, "closed_by": nil, "milestone": nil, "sha": objects.ID("commit", []byte(m.Source)), "squash": m.Squash,
		"merge_commit_sha": hosttest.OrNull(m.Merge), "squash_commit_sha": hosttest.OrNull(m.Squashed), "web_url": p.page(x, "/-/merge_requests/%d", m.iid)}
	if m.Assignee != "" {
		shown["assignees"] = []any{p.basicUser(m.Assignee)}
	}
	if !m.Merged.IsZero() {
		shown["merged_by"] = p.basicUser(m.Author)
		shown["merge_user"] = shown["merged_by"]
	}
	return shown
}
