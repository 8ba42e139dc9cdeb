package main

import (
	"bufio"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// hookSecret is what webhooks are signed with.
const hookSecret = "It's a Secret to Everybody"

// hookedPaths is a path that a repository is on when it uses the golden workflow.
const hookedPaths = `webhooks: {github: {secret: "${HOOK_SECRET}"}}
paths:
  - key: ci
    golden: {workflow_uses: "acme/golden/.github/workflows/*"}
    alternatives: [{key: jenkins, when: {file: Jenkinsfile}}]
`

// hookedPlace is a place that reads an organisation of a peer which delivers webhooks. It has been scanned.
func hookedPlace(t *testing.T) (*place, *githubtest.Peer) {
	t.Helper()
	peer := githubtest.New(t, githubtest.Config{})
	peer.AddOrganization("acme")
	peer.AddUser("robot")
	for _, name := range []string{"pay", "shop"} {
		peer.AddRepo("acme", githubtest.Repo{Name: name, Files: map[string]string{"Jenkinsfile": "pipeline {}\n"}})
	}
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	p.setenv("GITHUB_TOKEN", githubtest.Secret)
	p.setenv("HOOK_SECRET", hookSecret)
	text := fmt.Sprintf("sources: [{github: {org: acme, url: %q, token: \"${GITHUB_TOKEN}\"}}]\n%s", peer.URL, hookedPaths)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(exitDone, "scan")
	return p, peer
}

// hookedServer is a server under way, with what it logs.
type hookedServer struct {
	*place
	cmd  *exec.Cmd
	url  string
	logs *bufio.Scanner
	seen strings.Builder
}

// serveHooks runs a server until kill or stop.
func serveHooks(p *place, flags ...string) *hookedServer {
	p.Helper()
	s := &hookedServer{place: p, cmd: p.command(append([]string{"serve", "--addr", "127.0.0.1:0", "--no-cron"}, flags...)...)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	logs, err := s.cmd.StderrPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { s.cmd.Process.Kill() })
	s.logs = bufio.NewScanner(logs)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		for s.logs.Scan() {
			s.seen.WriteString(s.logs.Text() + "\n")
		}
		p.Fatalf("got %q (%v), want the address: %s", line, err, &s.seen)
	}
	s.url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	return s
}

// await reads the log up to a line that has the text.
func (s *hookedServer) await(text string) {
	s.Helper()
	stuck := time.AfterFunc(time.Minute, func() { s.cmd.Process.Kill() })
	defer stuck.Stop()
	for s.logs.Scan() {
		s.seen.WriteString(s.logs.Text() + "\n")
		if strings.Contains(s.logs.Text(), text) {
			return
		}
	}
	s.Fatalf("%q is not in the log:\n%s", text, &s.seen)
}

// stop ends the server as an operator does.
func (s *hookedServer) stop() {
	s.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.Fatal(err)
	}
	for s.logs.Scan() {
		s.seen.WriteString(s.logs.Text() + "\n")
	}
	if err := s.cmd.Wait(); err != nil {
		s.Errorf("got %v\n%s", err, &s.seen)
	}
}

// kill ends it as the system does when there is no memory left.
func (s *hookedServer) kill() {
	s.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	for s.logs.Scan() {
		s.seen.WriteString(s.logs.Text() + "\n")
	}
	s.cmd.Wait()
}

// push pushes the golden workflow to a repository and delivers the event to a server.
func push(t *testing.T, peer *githubtest.Peer, s *hookedServer, repo string, status int) githubtest.Delivery {
	t.Helper()
	peer.Push(repo, githubtest.Push{Files: map[string]string{
		".github/workflows/ci.yml": "on: push\njobs:\n  ci:\n    uses: acme/golden/.github/workflows/build.yml@v3\n",
	}, Deleted: []string{"Jenkinsfile"}})
	d := githubtest.Delivery{URL: s.url + "/webhooks/github", Secret: hookSecret, Event: "push", Body: peer.PushEvent(repo, "")}
	deliver(t, peer, &d, status)
	return d
}

// deliver delivers an event until it is answered by something else than that it could not be kept in time.
func deliver(t *testing.T, peer *githubtest.Peer, d *githubtest.Delivery, status int) {
	t.Helper()
	late := false
	for {
		done, err := peer.Deliver(t.Context(), *d)
		d.ID = done.ID
		switch {
		case err == nil && done.Status == http.StatusServiceUnavailable:
			late = true // a busy machine; it may have been kept all the same
		case err == nil && (done.Status == status || late && done.Status == http.StatusOK):
			return
		default:
			t.Fatalf("got %d, %v, want %d", done.Status, err, status)
		}
	}
}

// states are the states of the repositories, by name.
func (p *place) states() string {
	p.Helper()
	var all []string
	for _, row := range ask[struct{ Repo, State string }](p, "states") {
		all = append(all, row.Repo[strings.LastIndexByte(row.Repo, '/')+1:]+" "+row.State)
	}
	return strings.Join(all, ", ")
}

// TestHookedPush changes a state by a push: the peer delivers it, the server reads that repository alone.
func TestHookedPush(t *testing.T) {
	t.Parallel()
	p, peer := hookedPlace(t)
	if got := p.states(); got != "pay off, shop off" {
		t.Fatalf("before: got %s", got)
	}
	s := serveHooks(p)
	peer.ResetCounts()
	d := push(t, peer, s, "acme/pay", http.StatusAccepted)
	deliver(t, peer, &d, http.StatusOK) // sent again
	s.await("worked hints of webhooks")
	if counts := peer.Counts(); counts.Requests > 5 { // the repository, its tree, its files, what else is new, its runs
		t.Errorf("got %d requests: %v, want at most 5", counts.Requests, counts.Routes)
	}
	if got := p.states(); got != "pay on, shop off" {
		t.Errorf("after: got %s", got)
	}
	if scans := ask[any](p, "adoption"); len(scans) == 0 {
		t.Error("got no adoption")
	}
	peer.Rename("acme/shop", "store")
	renamed := githubtest.Delivery{URL: d.URL, Secret: d.Secret, Event: "repository", Body: peer.RepositoryEvent("acme/store", "renamed")}
	deliver(t, peer, &renamed, http.StatusAccepted)
	s.await("worked hints of webhooks")
	if got := p.states(); got != "pay on, store off" {
		t.Errorf("after a rename: got %s", got)
	}
	s.stop()
}

// TestKilledAfterDelivery kills a server after it has answered and before it has worked what it was told: the next
// one works it.
func TestKilledAfterDelivery(t *testing.T) {
	for name, flags := range map[string][]string{"with the store": nil, "with a folder": {"--queue", "hints"}} {
		t.Run(name, func(t *testing.T) {
			p, peer := hookedPlace(t)
			s := serveHooks(p, flags...)
			d := push(t, peer, s, "acme/pay", http.StatusAccepted)
			s.kill()
			if strings.Contains(s.seen.String(), "worked hints") {
				t.Fatal("the server was faster than the kill")
			}
			next := serveHooks(p, flags...)
			d.URL = next.url + "/webhooks/github"
			next.await("worked hints of webhooks")
			deliver(t, peer, &d, http.StatusOK) // sent again to the next one
			if got := p.states(); got != "pay on, shop off" {
				t.Errorf("got %s, want the push read", got)
			}
			next.stop()
		})
	}
}

// TestHooksWithoutStore delivers while the store is gone: into a folder all goes well, and the worker keeps what it
// cannot work; without one the host is told.
func TestHooksWithoutStore(t *testing.T) {
	for name, want := range map[string]int{"folder": http.StatusAccepted, "store": http.StatusServiceUnavailable} {
		t.Run(name, func(t *testing.T) {
			peer := githubtest.New(t, githubtest.Config{})
			s, db := servicesOf(t, peer, hookedPaths, hookSecret)
			dir := ""
			if name == "folder" {
				dir = filepath.Join(t.TempDir(), "hints")
			}
			stop, err := s.receive(t.Context(), s.held.Load().Webhooks, dir)
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(s.handler(access{Deny: true}, nil))
			defer server.Close()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			d := githubtest.Delivery{URL: server.URL + "/webhooks/github", Secret: hookSecret, Event: "push", Body: peer.PushEvent("acme/pay", "")}
			got, err := peer.Deliver(t.Context(), d)
			if err != nil || got.Status != want {
				t.Errorf("got %d, %v, want %d", got.Status, err, want)
			}
			stop()
			if dir == "" {
				return
			}
			q, err := openDirQueue(dir, time.Now, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if left, err := q.pending(t.Context()); err != nil || len(left) != 1 {
				t.Errorf("got %v, %v in the folder, want the hint", left, err)
			}
		})
	}
}

// TestHooksNotConfigured tells what is missing, before anything is served.
func TestHooksNotConfigured(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	if _, said := p.run(exitUsage, "serve", "--queue", "hints"); !strings.Contains(said, "has no webhooks") {
		t.Errorf("got %q", said)
	}
	p.configure("webhooks: {github: {secret: \"${NO_SUCH_SECRET}\"}}\n" + generatedPaths)
	if _, said := p.run(exitUsage, "serve"); !strings.Contains(said, "trodden.yaml:2:29: the environment variable NO_SUCH_SECRET is not set") {
		t.Errorf("got %q", said)
	}
}
