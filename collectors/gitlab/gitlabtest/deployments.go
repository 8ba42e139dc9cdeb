package gitlabtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// Deployment is a deployment as a test declares it.
type Deployment struct {
	Environment string // made where it does not exist
	Ref         string // the default branch where empty
	SHA         string // head of the branch where empty
	Status      string // success where empty
	User        string // robot where empty
	Created     time.Time
	Finished    time.Time // Created where zero, in deployments that have ended
	Updated     time.Time // the last of the others where zero
	Pipeline    int64     // that made it
}

type deployment struct {
	Deployment
	id  int64
	iid int
}

// environment is where something is deployed to.
type environment struct {
	id   int64
	name string
	at   time.Time
}

// AddDeployment makes a deployment and returns its id.
func (p *Peer) AddDeployment(path string, declared Deployment) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	x := p.state.must(path)
	declared.complete(x, p.Now())
	p.state.user(declared.User, p.Now())
	x.environment(&p.state, declared.Environment, declared.Created)
	made := &deployment{Deployment: declared, id: p.state.id(), iid: len(x.deployments) + 1}
	x.deployments = append(x.deployments, made)
	return made.id
}

func (d *Deployment) complete(x *project, now time.Time) {
	d.Ref, d.Status, d.User = cmp.Or(d.Ref, x.Branch), cmp.Or(d.Status, "success"), cmp.Or(d.User, "robot")
	if at := x.revision(d.Ref); d.SHA == "" && at != nil {
		d.SHA = at.OID
	}
	if d.Created.IsZero() {
		d.Created = now
	}
	if d.Finished.IsZero() && ended(d.Status) {
		d.Finished = d.Created
	}
	for _, at := range []time.Time{d.Created, d.Finished} {
		if d.Updated.Before(at) {
			d.Updated = at
		}
	}
}

// EditDeployment changes a deployment, as one that ends.
func (p *Peer) EditDeployment(path string, id int64, edit func(*Deployment)) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	for _, d := range p.state.must(path).deployments {
		if d.id == id {
			edit(&d.Deployment)
		}
	}
}

// environment returns the environment of this name, which is made where there is none.
func (x *project) environment(s *state, name string, at time.Time) *environment {
	for _, e := range x.environments {
		if e.name == name {
			return e
		}
	}
	e := &environment{id: s.id(), name: name, at: at}
	x.environments = append(x.environments, e)
	return e
}

// listDeployments answers GET /projects/{id}/deployments. A filter by time wants the order of that time.
func listDeployments(c *call, x *project) (any, error) {
	for name, by := range map[string]string{"updated": "updated_at", "finished": "finished_at"} {
		if (c.Given(name+"_after") != "" || c.Given(name+"_before") != "") && c.Given("order_by") != by {
			return nil, hosttest.Refuse(400, "`%s` filter requires `%s` sort", by, by)
		}
	}
	if c.Given("order_by") == "finished_at" && c.Given("status") != "success" {
		return nil, hosttest.Refuse(400, "`finished_at` filter must be combined with `success` status filter")
	}
	var list []*deployment
	for _, d := range x.deployments {
		ok, err := c.wantsDeployment(d)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, d)
		}
	}
	keys := map[string]func(*deployment) string{
		"id": func(d *deployment) string { return sortable(d.id) }, "iid": func(d *deployment) string { return sortable(int64(d.iid)) },
		"created_at": func(d *deployment) string { return sortableTime(d.Created) }, "updated_at": func(d *deployment) string { return sortableTime(d.Updated) },
		"finished_at": func(d *deployment) string { return sortableTime(d.Finished) }, "ref": func(d *deployment) string { return d.Ref },
	}
	if err := order(c, list, "id", "asc", keys, func(d *deployment) int64 { return d.id }); err != nil {
		return nil, err
	}
	return paged(c, list, func(d *deployment) any { return d.object(c.peer, x) })
}

func (c *call) wantsDeployment(d *deployment) (bool, error) {
	updated, err := c.within("updated", d.Updated)
	finished, err2 := c.within("finished", d.Finished)
	is := func(name, value string) bool { return c.Given(name) == "" || c.Given(name) == value }
	return updated && finished && is("environment", d.Environment) && is("status", d.Status), cmp.Or(err, err2)
}

func (d *deployment) object(p *Peer, x *project) object {
	i := slices.IndexFunc(x.environments, func(e *environment) bool { return e.name == d.Environment })
	shown := object{"id": d.id, "iid": d.iid, "ref": d.Ref, "sha": d.SHA, "status": d.Status, "created_at": stamp(d.Created), "updated_at": stamp(d.Updated),
		"user": p.basicUser(d.User), "environment": x.environments[i].object(p), "deployable": nil}
	if d.Pipeline != 0 {
		shown["deployable"] = object{"id": d.id, "name": "deploy", "stage": "deploy", "status": d.Status, "ref": d.Ref, "tag": false,
			"created_at": stamp(d.Created), "started_at": stamp(d.Created), "finished_at": stamp(d.Finished),
			"pipeline": object{"id": d.Pipeline, "sha": d.SHA, "ref": d.Ref, "status": d.Status, "created_at": stamp(d.Created), "updated_at": stamp(d.Updated)}}
	}
	return shown
}

// listEnvironments answers GET /projects/{id}/environments.
func listEnvironments(c *call, x *project) (any, error) {
	var list []*environment
	for _, e := range x.environments {
		if (c.Given("name") == "" || c.Given("name") == e.name) && strings.Contains(e.name, c.Given("search")) {
			list = append(list, e)
		}
	}
	return paged(c, list, func(e *environment) any { return e.object(c.peer) })
}

func (e *environment) object(*Peer) object {
	tier := "other"
	for _, known := range []string{"production", "staging", "testing", "development"} {
		if strings.HasPrefix(e.name, known) {
			tier = known
		}
	}
	return object{"id": e.id, "name": e.name, "slug": strings.ReplaceAll(e.name, "/", "-"), "state": "available", "tier": tier, "external_url": nil,
		"created_at": stamp(e.at), "updated_at": stamp(e.at), "description": nil}
}
