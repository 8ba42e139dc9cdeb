package githubtest

import (
	"cmp"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Run is a workflow run as a test declares it.
type Run struct {
	Name       string // of the workflow; Path where empty
	Path       string // of the workflow's file
	Branch     string // the default one where empty
	SHA        string // head of the branch where empty
	Event      string // push where empty
	Status     string // completed where empty
	Conclusion string // success where empty and completed
	Attempt    int    // 1 where 0
	Actor      string // robot where empty
	Created    time.Time
	Started    time.Time // Created where zero
	Updated    time.Time // Created where zero
	Referenced []Referenced
}

// Referenced is a reusable workflow that a run really used.
type Referenced struct {
	Path string // owner/name/.github/workflows/file.yml@ref
	SHA  string
	Ref  string // such as refs/tags/v1
}

type run struct {
	Run
	id      int64
	number  int
	earlier []Run // attempts, the first one first
}

// AddRun makes a workflow run and returns its id.
func (p *Peer) AddRun(repo string, declared Run) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	made := &run{Run: declared.completed(r, p.Now()), id: p.state.id(), number: len(r.runs) + 1}
	r.runs = append(r.runs, made)
	return made.id
}

func (d Run) completed(r *repository, now time.Time) Run {
	d.Name, d.Branch = cmp.Or(d.Name, d.Path), cmp.Or(d.Branch, r.Branch)
	d.Event, d.Status, d.Actor = cmp.Or(d.Event, "push"), cmp.Or(d.Status, "completed"), cmp.Or(d.Actor, "robot")
	d.Attempt = cmp.Or(d.Attempt, 1)
	if c := r.revision(d.Branch); d.SHA == "" && c != nil {
		d.SHA = c.OID
	}
	if d.Status == "completed" {
		d.Conclusion = cmp.Or(d.Conclusion, "success")
	}
	if d.Created.IsZero() {
		d.Created = now
	}
	d.Started, d.Updated = cmp.Or(d.Started, d.Created), cmp.Or(d.Updated, d.Created)
	return d
}

// EditRun changes a run, as one that ends late or is attempted again.
func (p *Peer) EditRun(repo string, id int64, edit func(*Run)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	for _, r := range p.state.must(repo).runs {
		if r.id == id {
			edit(&r.Run)
		}
	}
}

// Rerun attempts a run again, now: the attempt before stays as it was. Edit says how the new one goes; it succeeds at
// once where it is nil.
func (p *Peer) Rerun(repo string, id int64, edit func(*Run)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	for _, r := range p.state.must(repo).runs {
		if r.id != id {
			continue
		}
		r.earlier = append(r.earlier, r.Run)
		r.Attempt, r.Status, r.Conclusion, r.Started, r.Updated = r.Attempt+1, "completed", "success", p.Now(), p.Now()
		if edit != nil {
			edit(&r.Run)
		}
	}
}

// Most results that GitHub gives of a list of runs.
const (
	filteredRuns = 1_000
	allRuns      = 40_000
)

// listRuns answers GET /repos/{owner}/{repo}/actions/runs.
func listRuns(c *call, r *repository) (any, error) {
	query := c.Request.URL.Query()
	wanted, filtered, err := runFilter(query)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(r.runs), func(x *run) bool { return !wanted(x) })
	slices.SortStableFunc(list, func(a, b *run) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.id, a.id)) })
	most := allRuns
	if filtered {
		most = filteredRuns
	}
	if page, per := c.Page(usualPage); (page-1)*per >= most {
		return nil, hosttest.Refuse(422, "Only the first %d results are available.", most)
	}
	total := len(list)
	list = list[:min(total, most)]
	return object{"total_count": total, "workflow_runs": paged(c, list, func(x *run) any { return x.object(c.peer, r) })}, nil
}

// runFilter reads the filters of a list of runs, and whether there are any.
func runFilter(query url.Values) (wanted func(*run) bool, filtered bool, err error) {
	within, err := parseSpan(query.Get("created"))
	if err != nil {
		return nil, false, err
	}
	is := func(name, value string) bool {
		return query.Get(name) == "" || strings.EqualFold(query.Get(name), value)
	}
	for _, name := range []string{"actor", "branch", "created", "event", "head_sha", "status"} {
		filtered = filtered || query.Get(name) != ""
	}
	return func(x *run) bool {
		return is("actor", x.Actor) && is("branch", x.Branch) && is("event", x.Event) && is("head_sha", x.SHA) &&
			(is("status", x.Status) || is("status", x.Conclusion)) && within(x.Created)
	}, filtered, nil
}

// getRun answers GET /repos/{owner}/{repo}/actions/runs/{id}.
func getRun(c *call, r *repository) (any, error) {
	for _, x := range r.runs {
		if c.Path("id") == strconv.FormatInt(x.id, 10) {
			return x.object(c.peer, r), nil
		}
	}
	return nil, notFound()
}

// getAttempt answers GET /repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}.
func getAttempt(c *call, r *repository) (any, error) {
	for _, x := range r.runs {
		if c.Path("id") != strconv.FormatInt(x.id, 10) {
			continue
		}
		for _, attempt := range append(slices.Clone(x.earlier), x.Run) {
			if c.Path("attempt") == strconv.Itoa(attempt.Attempt) {
				return (&run{Run: attempt, id: x.id, number: x.number}).object(c.peer, r), nil
			}
		}
	}
	return nil, notFound()
}

// listWorkflows answers GET /repos/{owner}/{repo}/actions/workflows: the files that are there, and those of
// which there are runs.
func listWorkflows(c *call, r *repository) (any, error) {
	list := r.workflows()
	return object{"total_count": len(list), "workflows": paged(c, list, func(path string) any {
		return object{"id": workflowID(path), "node_id": nodeID("W", workflowID(path)), "name": path, "path": path, "state": "active",
			"created_at": stamp(r.Created), "updated_at": stamp(r.updated), "url": c.peer.api(r, "/actions/workflows/%d", workflowID(path))}
	})}, nil
}

func (r *repository) workflows() []string {
	paths := map[string]bool{}
	if head := r.head(); head != nil {
		if folder, ok := head.Tree.Find(".github/workflows"); ok && folder.Tree != nil {
			for _, e := range folder.Tree.Entries {
				paths[".github/workflows/"+e.Name] = true
			}
		}
	}
	for _, x := range r.runs {
		paths[x.Path] = true
	}
	return slices.Sorted(maps.Keys(paths))
}

func (x *run) object(p *Peer, r *repository) object {
	return object{
		"id": x.id, "node_id": nodeID("WFR", x.id), "name": x.Name, "path": x.Path, "workflow_id": workflowID(x.Path),
		"head_branch": x.Branch, "head_sha": x.SHA, "head_commit": headCommit(r.git.Commits[x.SHA]),
		"run_number": x.number, "run_attempt": x.Attempt, "event": x.Event, "display_title": x.Name,
		"status": x.Status, "conclusion": hosttest.OrNull(x.Conclusion),
		"created_at": stamp(x.Created), "updated_at": stamp(x.Updated), "run_started_at": stamp(x.Started),
		"referenced_workflows": hosttest.Each(x.Referenced, func(f Referenced) any {
			return object{"path": f.Path, "sha": f.SHA, "ref": hosttest.OrNull(f.Ref)}
		}),
		"actor": simpleUser(p, x.Actor), "triggering_actor": simpleUser(p, x.Actor), "pull_requests": []any{},
		"repository": r.minimal(p), "head_repository": r.minimal(p),
		"url": p.api(r, "/actions/runs/%d", x.id), "html_url": p.html(r, "/actions/runs/%d", x.id),
	}
}

// workflowID is made from the path, so that it stays where the file is changed.
func workflowID(path string) int64 {
	sum := fnv.New32a()
	sum.Write([]byte(path))
	return int64(sum.Sum32())
}

func headCommit(c *objects.Commit) any {
	if c == nil {
		return nil
	}
	who := object{"name": c.Author, "email": c.Author + "@acme.test"}
	return object{"id": c.OID, "tree_id": c.Tree.OID, "message": c.Message, "timestamp": stamp(c.At), "author": who, "committer": who}
}
