package gitlabtest

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Delivery is one event that the peer tells somebody of.
type Delivery struct {
	URL    string
	Token  string // sent as it is, where not empty
	Secret string // signs the delivery, where not empty
	Event  string // such as Push Hook
	Body   []byte
	ID     string    // of the event, which further deliveries of it share; a new one where empty
	At     time.Time // when it is signed; the peer's time where zero
}

// Sign returns the signature of a delivery, as the header webhook-signature carries it.
func Sign(secret, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Deliver sends an event as GitLab does. It fails where no answer came in 10 s.
func (p *Peer) Deliver(ctx context.Context, d Delivery) (hosttest.Delivered, error) {
	d.ID = cmp.Or(d.ID, fmt.Sprintf("%08x-6769-41f1-8000-6c6162746573", p.Serial()))
	return hosttest.Send(ctx, d.URL, d.ID, p.deliveryHeader(d), d.Body)
}

func (p *Peer) deliveryHeader(d Delivery) http.Header {
	header := http.Header{}
	set := func(name, value string) {
		if value != "" {
			header.Set(name, value)
		}
	}
	set("Content-Type", "application/json")
	set("User-Agent", "GitLab/"+p.config.Version)
	set("X-Gitlab-Event", d.Event)
	set("X-Gitlab-Event-UUID", d.ID)
	set("X-Gitlab-Webhook-UUID", "00000001-6769-41f1-8000-6c6162746573")
	set("X-Gitlab-Instance", p.URL)
	set("X-Gitlab-Token", d.Token)
	set("Idempotency-Key", d.ID)
	if d.Secret != "" {
		if d.At.IsZero() {
			d.At = p.Now()
		}
		set("Webhook-Id", d.ID)
		set("Webhook-Timestamp", strconv.FormatInt(d.At.Unix(), 10))
		set("Webhook-Signature", Sign(d.Secret, d.ID, d.At, d.Body))
	}
	return header
}

// mostCommits is how many commits the event of a push lists.
const mostCommits = 20

// PushEvent is the body of the event of the newest push to a branch; the default one where it is empty.
func (p *Peer) PushEvent(path, branch string) []byte {
	return p.event(path, func(x *project) object {
		branch := cmp.Or(branch, x.Branch)
		after, before := x.git.Branches[branch], zeros
		if len(after.Parents) > 0 {
			before = after.Parents[0]
		}
		return object{"object_kind": "push", "event_name": "push", "ref": "refs/heads/" + branch, "before": before, "after": after.OID,
			"checkout_sha": after.OID, "user_username": after.Author, "user_name": after.Author, "project_id": x.id,
			"commits": []any{x.changes(p, after)}, "total_commits_count": 1}
	})
}

// ManyPushed is the body of the event of a push of so many commits, which lists the newest of them only.
func (p *Peer) ManyPushed(path string, commits int) []byte {
	var body object
	if err := json.Unmarshal(p.PushEvent(path, ""), &body); err != nil {
		panic(err) // it was written here
	}
	one := body["commits"].([]any)[0]
	listed := []any{}
	for range min(commits, mostCommits) {
		listed = append(listed, one)
	}
	body["commits"], body["total_commits_count"] = listed, commits
	return written(body)
}

// changes is a commit with the paths that it changed.
func (x *project) changes(p *Peer, at *objects.Commit) object {
	added, removed, modified := x.git.Changes(at)
	title, _, _ := strings.Cut(at.Message, "\n")
	return object{"id": at.OID, "title": title, "message": at.Message, "timestamp": at.At.UTC().Format(time.RFC3339), "url": p.page(x, "/-/commit/%s", at.OID),
		"author": object{"name": at.Author, "email": at.Author + "@acme.test"}, "added": hosttest.List(added), "removed": hosttest.List(removed), "modified": hosttest.List(modified)}
}

// PipelineEvent is the body of the event of a pipeline.
func (p *Peer) PipelineEvent(path string, id int64) []byte {
	return p.event(path, func(x *project) object {
		for _, y := range x.pipelines {
			if y.id == id {
				return object{"object_kind": "pipeline", "builds": []any{}, "user": object{"id": 1, "username": y.User, "name": y.User},
					"object_attributes": object{"id": y.id, "iid": y.iid, "ref": y.Ref, "sha": y.SHA, "source": y.Source, "status": y.Status, "tag": false,
						"created_at": eventTime(y.Created), "finished_at": eventTime(y.Finished), "duration": int(y.Finished.Sub(y.Started).Seconds())}}
			}
		}
		panic("gitlabtest: there is no such pipeline")
	})
}

// eventTime writes a time as some events do.
func eventTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// MergeRequestEvent is the body of the event of a merge request; action is such as merge.
func (p *Peer) MergeRequestEvent(path string, iid int, action string) []byte {
	return p.event(path, func(x *project) object {
		m := x.merges[iid-1]
		return object{"object_kind": "merge_request", "event_type": "merge_request", "user": object{"id": 1, "username": m.Author, "name": m.Author},
			"object_attributes": object{"id": m.id, "iid": m.iid, "action": action, "state": m.status(), "title": m.Title, "source_branch": m.Source,
				"target_branch": m.Target, "merge_commit_sha": hosttest.OrNull(m.Merge), "created_at": eventTime(m.Created), "updated_at": eventTime(m.Updated)},
			"labels": []any{}}
	})
}

// ProjectEvent is the body of a system hook of a project: project_create, project_update, project_rename,
// project_transfer or project_destroy; old is the path that it had before.
func (p *Peer) ProjectEvent(path, name, old string) []byte {
	return p.event(path, func(x *project) object {
		body := object{"event_name": name, "created_at": stamp(x.Created), "updated_at": stamp(x.updated), "name": x.Name, "path": x.Path,
			"path_with_namespace": x.fullPath(), "project_id": x.id, "owner_name": x.space.name, "owner_email": "", "project_visibility": x.Visibility}
		if old != "" {
			body["old_path_with_namespace"] = old
		}
		return body
	})
}

// event makes a body with the project that most events have.
func (p *Peer) event(path string, make func(*project) object) []byte {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	x := p.state.must(path)
	body := make(x)
	if body["event_name"] == nil || body["object_kind"] != nil {
		body["project"] = object{"id": x.id, "name": x.Name, "path_with_namespace": x.fullPath(), "default_branch": x.Branch, "web_url": p.page(x, ""),
			"git_http_url": p.page(x, ".git"), "namespace": x.space.name, "visibility_level": 0, "ci_config_path": hosttest.OrNull(x.CIConfigPath)}
	}
	return written(body)
}

func written(body object) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // only what JSON can say is put in
	}
	return text
}
