package githubtest

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// Delivery is one event that the peer tells somebody of.
type Delivery struct {
	URL    string
	Secret string
	Event  string // such as push
	Body   []byte
	ID     string // of the delivery; a new one where empty
}

// Sign returns the signature of a body, as X-Hub-Signature-256 carries it.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Deliver sends an event as GitHub does: once, whatever the answer. It fails where no answer came in 10 s.
func (p *Peer) Deliver(ctx context.Context, d Delivery) (hosttest.Delivered, error) {
	id := cmp.Or(d.ID, fmt.Sprintf("%08x-6769-11f1-8000-746573747065", p.Serial()))
	header := http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"GitHub-Hookshot/githubtest"},
		"X-Github-Event": {d.Event}, "X-Github-Delivery": {id}, "X-Github-Hook-Id": {"1"}, "X-Hub-Signature-256": {Sign(d.Secret, d.Body)},
	}
	return hosttest.Send(ctx, d.URL, id, header, d.Body)
}

// Examples returns GitHub's own examples of the bodies of an event, of all events where it is empty, by the
// event's name. They come from npm.
func Examples(event string) (map[string][]json.RawMessage, error) {
	text, err := os.ReadFile(installed("@octokit/webhooks-examples/api.github.com/index.json"))
	if err != nil {
		return nil, fmt.Errorf("read examples of webhooks (npm ci --ignore-scripts installs them): %w", err)
	}
	var list []struct {
		Name     string            `json:"name"`
		Examples []json.RawMessage `json:"examples"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read examples of webhooks: %w", err)
	}
	all := map[string][]json.RawMessage{}
	for _, e := range list {
		if event == "" || event == e.Name {
			all[e.Name] = e.Examples
		}
	}
	return all, nil
}

// PushEvent is the body of the event of the newest push to a branch; the default one where it is empty.
func (p *Peer) PushEvent(repo, branch string) []byte {
	return p.event(repo, func(r *repository) object {
		branch := cmp.Or(branch, r.Branch)
		after := r.git.Branches[branch]
		before, created := strings.Repeat("0", 40), len(after.Parents) == 0
		if !created {
			before = after.Parents[0]
		}
		shown := r.changes(after)
		shown["url"] = p.html(r, "/commit/%s", after.OID)
		return object{"ref": "refs/heads/" + branch, "before": before, "after": after.OID, "base_ref": nil,
			"created": created, "deleted": false, "forced": false, "compare": p.html(r, "/compare/%s", after.OID[:12]),
			"pusher": object{"name": after.Author, "email": after.Author + "@acme.test"}, "head_commit": shown, "commits": []any{shown}}
	}, func(shown object, r *repository) {
		shown["created_at"], shown["pushed_at"] = r.Created.Unix(), r.Pushed.Unix() // numbers, in this event only
	})
}

// changes is a commit with the paths that it changed.
func (r *repository) changes(c *objects.Commit) object {
	added, removed, modified := r.git.Changes(c)
	shown := headCommit(c).(object)
	shown["distinct"], shown["added"], shown["removed"], shown["modified"] = true, hosttest.List(added), hosttest.List(removed), hosttest.List(modified)
	return shown
}

// RepositoryEvent is the body of an event of a repository, such as created, archived, renamed or transferred.
func (p *Peer) RepositoryEvent(repo, action string) []byte {
	return p.event(repo, func(*repository) object { return object{"action": action} }, nil)
}

// RunEvent is the body of an event of a workflow run, such as completed.
func (p *Peer) RunEvent(repo string, id int64, action string) []byte {
	return p.event(repo, func(r *repository) object {
		i := slices.IndexFunc(r.runs, func(x *run) bool { return x.id == id })
		return object{"action": action, "workflow_run": r.runs[i].object(p, r), "workflow": object{"id": workflowID(r.runs[i].Path), "path": r.runs[i].Path}}
	}, nil)
}

// PullEvent is the body of an event of a pull request, such as closed.
func (p *Peer) PullEvent(repo string, number int, action string) []byte {
	return p.event(repo, func(r *repository) object {
		i := slices.IndexFunc(r.pulls, func(x *pull) bool { return x.Number == number })
		shown := r.pulls[i].object(p, r)
		shown["merged"] = !r.pulls[i].Merged.IsZero()
		return object{"action": action, "number": number, "pull_request": shown}
	}, nil)
}

// event makes a body with what all events have.
func (p *Peer) event(repo string, make func(*repository) object, edit func(object, *repository)) []byte {
	p.state.mu.RLock()
	defer p.state.mu.RUnlock()
	r := p.state.must(repo)
	body := make(r)
	shown := r.minimal(p)
	if edit != nil {
		edit(shown, r)
	}
	body["repository"], body["sender"] = shown, simpleUser(p, "robot")
	if r.owner.org {
		body["organization"] = r.owner.simple(p)
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // only what JSON can say is put in
	}
	return text
}

// TestExamples returns GitHub's examples for t. Where they are not installed t is not run, unless TRODDEN_REQUIRE
// names peers.
func TestExamples(t testing.TB) map[string][]json.RawMessage {
	t.Helper()
	all, err := Examples("")
	if err != nil {
		lacking(t, err)
	}
	return all
}
