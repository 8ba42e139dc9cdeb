package githubtest

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Deployment is a deployment as a test declares it.
type Deployment struct {
	Environment string
	SHA         string // head of the default branch where empty
	Ref         string // the default branch where empty
	Task        string // deploy where empty
	Creator     string // robot where empty
	Created     time.Time
	Statuses    []DeploymentStatus
}

// DeploymentStatus is what became of a deployment.
type DeploymentStatus struct {
	State string // such as success, failure or in_progress
	At    time.Time
}

type deployment struct {
	Deployment
	id int64
}

type environment struct {
	id   int64
	name string
	at   time.Time
}

// AddDeployment makes a deployment, with its environment where there is none yet, and returns its id.
func (p *Peer) AddDeployment(repo string, declared Deployment) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	r := p.state.must(repo)
	declared.Ref, declared.Task, declared.Creator = cmp.Or(declared.Ref, r.Branch), cmp.Or(declared.Task, "deploy"), cmp.Or(declared.Creator, "robot")
	if declared.Created.IsZero() {
		declared.Created = p.Now()
	}
	if head := r.head(); declared.SHA == "" && head != nil {
		declared.SHA = head.OID
	}
	if !slices.ContainsFunc(r.environments, func(e *environment) bool { return e.name == declared.Environment }) {
		r.environments = append(r.environments, &environment{id: p.state.id(), name: declared.Environment, at: declared.Created})
	}
	made := &deployment{Deployment: declared, id: p.state.id()}
	r.deployments = append(r.deployments, made)
	return made.id
}

// AddDeploymentStatus tells what became of a deployment.
func (p *Peer) AddDeploymentStatus(repo string, id int64, status DeploymentStatus) {
	p.change(repo, func(r *repository) {
		for _, d := range r.deployments {
			if d.id == id {
				d.Statuses = append(d.Statuses, status)
			}
		}
	})
}

// listEnvironments answers GET /repos/{owner}/{repo}/environments.
func listEnvironments(c *call, r *repository) (any, error) {
	return object{"total_count": len(r.environments), "environments": paged(c, r.environments, func(e *environment) any {
		return object{"id": e.id, "node_id": nodeID("EN", e.id), "name": e.name, "created_at": stamp(e.at), "updated_at": stamp(e.at),
			"protection_rules": []any{}, "deployment_branch_policy": nil, "url": c.peer.api(r, "/environments/%s", e.name)}
	})}, nil
}

// listDeployments answers GET /repos/{owner}/{repo}/deployments, the newest first.
func listDeployments(c *call, r *repository) (any, error) {
	query := c.Request.URL.Query()
	list := slices.DeleteFunc(slices.Clone(r.deployments), func(d *deployment) bool {
		return query.Get("environment") != "" && query.Get("environment") != d.Environment || query.Get("sha") != "" && query.Get("sha") != d.SHA
	})
	slices.SortStableFunc(list, func(a, b *deployment) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.id, a.id)) })
	return paged(c, list, func(d *deployment) any { return d.object(c.peer, r) }), nil
}

func (d *deployment) object(p *Peer, r *repository) object {
	updated := d.Created
	for _, s := range d.Statuses {
		updated = s.At
	}
	return object{"id": d.id, "node_id": nodeID("DE", d.id), "sha": d.SHA, "ref": d.Ref, "task": d.Task, "environment": d.Environment,
		"original_environment": d.Environment, "description": nil, "payload": object{}, "creator": simpleUser(p, d.Creator),
		"created_at": stamp(d.Created), "updated_at": stamp(updated), "url": p.api(r, "/deployments/%d", d.id),
		"statuses_url": p.api(r, "/deployments/%d/statuses", d.id), "repository_url": p.api(r, "")}
}

// listDeploymentStatuses answers GET /repos/{owner}/{repo}/deployments/{id}/statuses, the newest first.
func listDeploymentStatuses(c *call, r *repository) (any, error) {
	for _, d := range r.deployments {
		if c.Path("id") != strconv.FormatInt(d.id, 10) {
			continue
		}
		newest := slices.Clone(d.Statuses)
		slices.Reverse(newest)
		return paged(c, newest, func(s DeploymentStatus) any {
			return object{"id": d.id*100 + int64(slices.Index(d.Statuses, s)), "state": s.State, "environment": d.Environment, "description": nil,
				"creator": simpleUser(c.peer, d.Creator), "created_at": stamp(s.At), "updated_at": stamp(s.At),
				"deployment_url": c.peer.api(r, "/deployments/%d", d.id), "log_url": ""}
		}), nil
	}
	return nil, notFound()
}
