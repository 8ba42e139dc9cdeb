package gitlabtest

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Pipeline is a pipeline as a test declares it.
type Pipeline struct {
	Source   string // push where empty; parent_pipeline for those that another one began, security_orchestration_policy for those of policies
	Ref      string // the default branch where empty
	SHA      string // head of the branch where empty
	Status   string // success where empty
	User     string // robot where empty
	Name     string
	Parent   int64 // pipeline that began it, for Source parent_pipeline
	Created  time.Time
	Started  time.Time // Created where zero
	Finished time.Time // Started where zero, in pipelines that have ended
	Updated  time.Time // Finished where zero
	Jobs     []Job
}

// Job is one job of a pipeline.
type Job struct {
	Name, Stage, Status string // Status success where empty
}

type pipeline struct {
	Pipeline
	id  int64
	iid int
}

// AddPipeline makes a pipeline and returns its id.
func (p *Peer) AddPipeline(path string, declared Pipeline) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	return p.state.addPipeline(p.state.must(path), declared, p.Now()).id
}

func (s *state) addPipeline(x *project, declared Pipeline, now time.Time) *pipeline {
	made := &pipeline{Pipeline: declared.completed(x, now), id: s.id(), iid: len(x.pipelines) + 1}
	s.user(made.User, now)
	x.pipelines = append(x.pipelines, made)
	return made
}

func (d Pipeline) completed(x *project, now time.Time) Pipeline {
	d.Source, d.Ref = cmp.Or(d.Source, "push"), cmp.Or(d.Ref, x.Branch)
	d.Status, d.User = cmp.Or(d.Status, "success"), cmp.Or(d.User, "robot")
	if at := x.revision(d.Ref); d.SHA == "" && at != nil {
		d.SHA = at.OID
	}
	if d.Created.IsZero() {
		d.Created = now
	}
	if d.Started.IsZero() && d.Status != "created" && d.Status != "pending" {
		d.Started = d.Created
	}
	if d.Finished.IsZero() && ended(d.Status) {
		d.Finished = d.Started
	}
	for _, at := range []time.Time{d.Created, d.Started, d.Finished} {
		if d.Updated.Before(at) {
			d.Updated = at
		}
	}
	return d
}

func ended(status string) bool {
	return slices.Contains([]string{"success", "failed", "canceled", "skipped"}, status)
}

// EditPipeline changes a pipeline, as one that ends late or is tried again.
func (p *Peer) EditPipeline(path string, id int64, edit func(*Pipeline)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	for _, x := range p.state.must(path).pipelines {
		if x.id == id {
			edit(&x.Pipeline)
		}
	}
}

// listPipelines answers GET /projects/{id}/pipelines. Those that another pipeline began are there only where
// they are asked for.
func listPipelines(c *call, x *project) (any, error) {
	var list []*pipeline
	for _, y := range x.pipelines {
		ok, err := c.wantsPipeline(y)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, y)
		}
	}
	keys := map[string]func(*pipeline) string{
		"id": func(y *pipeline) string { return sortable(y.id) }, "status": func(y *pipeline) string { return y.Status },
		"ref": func(y *pipeline) string { return y.Ref }, "updated_at": func(y *pipeline) string { return sortableTime(y.Updated) },
	}
	if err := order(c, list, "id", "desc", keys, func(y *pipeline) int64 { return y.id }); err != nil {
		return nil, err
	}
	return paged(c, list, func(y *pipeline) any { return y.short(c.peer, x) })
}

func (c *call) wantsPipeline(y *pipeline) (bool, error) {
	updated, err := c.within("updated", y.Updated)
	created, err2 := c.within("created", y.Created)
	is := func(name, value string) bool { return c.Given(name) == "" || c.Given(name) == value }
	child := y.Source == "parent_pipeline" && c.Given("source") == ""
	return updated && created && !child && is("source", y.Source) && is("ref", y.Ref) && is("status", y.Status) && is("sha", y.SHA) &&
		is("username", y.User), cmp.Or(err, err2)
}

// pipeline returns the pipeline of the path of a request.
func (c *call) pipeline() (*project, *pipeline, error) {
	x, err := c.project()
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(x.pipelines, func(y *pipeline) bool { return strconv.FormatInt(y.id, 10) == c.Path("pipeline") })
	if i < 0 {
		return nil, nil, hosttest.Refuse(404, "404 Not found")
	}
	return x, x.pipelines[i], nil
}

// getPipeline answers GET /projects/{id}/pipelines/{pipeline}.
func getPipeline(c *call) (any, error) {
	x, y, err := c.pipeline()
	if err != nil {
		return nil, err
	}
	shown := y.short(c.peer, x)
	shown["before_sha"], shown["tag"], shown["yaml_errors"], shown["coverage"] = zeros, false, nil, nil
	shown["user"] = c.peer.basicUser(y.User)
	shown["started_at"], shown["finished_at"], shown["committed_at"] = stamp(y.Started), stamp(y.Finished), nil
	shown["duration"], shown["queued_duration"] = nil, nil
	if !y.Started.IsZero() {
		shown["queued_duration"] = int(y.Started.Sub(y.Created).Seconds())
	}
	if !y.Finished.IsZero() {
		shown["duration"] = int(y.Finished.Sub(y.Started).Seconds())
	}
	shown["detailed_status"] = object{"icon": "status_" + y.Status, "text": y.Status, "label": y.Status, "group": y.Status, "has_details": true}
	return shown, nil
}

// zeros is the object id of nothing.
const zeros = "0000000000000000000000000000000000000000"

func (y *pipeline) short(p *Peer, x *project) object {
	return object{"id": y.id, "iid": y.iid, "project_id": x.id, "sha": y.SHA, "ref": y.Ref, "status": y.Status, "source": y.Source,
		"name": hosttest.OrNull(y.Name), "created_at": stamp(y.Created), "updated_at": stamp(y.Updated), "web_url": p.page(x, "/-/pipelines/%d", y.id)}
}

// listPipelineJobs answers GET /projects/{id}/pipelines/{pipeline}/jobs.
func listPipelineJobs(c *call) (any, error) {
	x, y, err := c.pipeline()
	if err != nil {
		return nil, err
	}
	return paged(c, y.Jobs, func(j Job) any {
		return object{"id": y.id*1000 + int64(slices.Index(y.Jobs, j)), "name": j.Name, "stage": j.Stage, "status": cmp.Or(j.Status, "success"), "ref": y.Ref, "tag": false,
			"created_at": stamp(y.Created), "started_at": stamp(y.Started), "finished_at": stamp(y.Finished), "allow_failure": false,
			"pipeline": y.short(c.peer, x), "web_url": c.peer.page(x, "/-/jobs/%d", y.id), "user": c.peer.basicUser(y.User)}
	})
}

// listPipelineBridges answers GET /projects/{id}/pipelines/{pipeline}/bridges: the jobs that began another
// pipeline of the project.
func listPipelineBridges(c *call) (any, error) {
	x, y, err := c.pipeline()
	if err != nil {
		return nil, err
	}
	var below []*pipeline
	for _, z := range x.pipelines {
		if z.Parent == y.id {
			below = append(below, z)
		}
	}
	return paged(c, below, func(z *pipeline) any {
		return object{"id": z.id*1000 + 999, "name": "child", "stage": "test", "status": z.Status, "ref": y.Ref, "tag": false,
			"created_at": stamp(y.Created), "started_at": stamp(z.Created), "finished_at": stamp(z.Finished), "allow_failure": false,
			"pipeline": y.short(c.peer, x), "downstream_pipeline": z.short(c.peer, x), "user": c.peer.basicUser(y.User)}
	})
}
