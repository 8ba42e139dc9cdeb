// Package gittest is a git host for tests: the git program's own HTTP server on loopback, behind basic authentication,
// that keeps track of what is asked of it. What hosts differ in can be switched: whether they leave contents out when
// asked to, and whether they give objects by their ids.
package gittest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Config says how a host behaves.
type Config struct {
	User, Password string // who is let in; everybody where both are empty
	Whole          bool   // contents are always sent, as by a server without uploadpack.allowFilter
	NoIDs          bool   // objects are not given by their ids, as by a server that speaks the first protocol only
	Next           http.Handler
}

// Host is a git host. Its repositories are at URL/owner/name.git; everything else is asked of Config.Next. Its methods
// may be called from several goroutines.
type Host struct {
	URL string // without a slash at the end

	testing.TB
	config  Config
	root    string
	backend *cgi.Handler

	mu    sync.Mutex
	asked []string
	fault http.HandlerFunc
	watch func()
}

// New starts a host that ends with t.
func New(t testing.TB, config Config) *Host {
	t.Helper()
	h := &Host{TB: t, config: config, root: t.TempDir()}
	exec, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	h.backend = &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(exec)), "git-http-backend"), Dir: h.root, Stderr: io.Discard,
		Env: []string{
			"GIT_PROJECT_ROOT=" + h.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
			"GIT_CONFIG_KEY_1=uploadpack.allowFilter", fmt.Sprint("GIT_CONFIG_VALUE_1=", !config.Whole),
		},
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.URL = server.URL
	return h
}

// ServeHTTP implements http.Handler.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, ".git/") {
		h.config.Next.ServeHTTP(w, r)
		return
	}
	h.mu.Lock()
	h.asked = append(h.asked, r.Method+" "+r.URL.Path)
	fault, watch := h.fault, h.watch
	h.mu.Unlock()
	if watch != nil {
		watch()
	}
	if user, password, _ := r.BasicAuth(); user != h.config.User || password != h.config.Password {
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	if fault != nil {
		fault(w, r)
		return
	}
	h.serve(w, r)
}

// serve lets git answer. Its server is a program that takes a body whose length is known.
func (h *Host) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	if h.config.NoIDs {
		r.Header.Del("Git-Protocol")
	}
	h.backend.ServeHTTP(w, r)
}

// Asked returns what git was asked since the last time, and forgets it.
func (h *Host) Asked() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := h.asked
	h.asked = nil
	return asked
}

// Packs returns how many packs were asked for since the last time of Asked.
func (h *Host) Packs() (n int) {
	for _, line := range h.Asked() {
		if strings.HasPrefix(line, "POST ") {
			n++
		}
	}
	return n
}

// Fail has git answered by something else from now on, nil by git again.
func (h *Host) Fail(fault http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = fault
}

// Watch has a function called while git waits for each answer.
func (h *Host) Watch(watch func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watch = watch
}

// Pass is the fault that is none.
func (h *Host) Pass(w http.ResponseWriter, r *http.Request) { h.serve(w, r) }

// Dir is the folder of a repository.
func (h *Host) Dir(repo string) string {
	return filepath.Join(h.root, filepath.FromSlash(repo)+".git")
}

// Create makes an empty repository, whose default branch is main.
func (h *Host) Create(repo string) {
	h.Helper()
	h.run("", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", h.Dir(repo))
}

// Move gives a repository another name.
func (h *Host) Move(repo, to string) {
	h.Helper()
	if err := os.MkdirAll(filepath.Dir(h.Dir(to)), 0o755); err != nil {
		h.Fatal(err)
	}
	if err := os.Rename(h.Dir(repo), h.Dir(to)); err != nil {
		h.Fatal(err)
	}
}

// Remove deletes a repository.
func (h *Host) Remove(repo string) {
	h.Helper()
	if err := os.RemoveAll(h.Dir(repo)); err != nil {
		h.Fatal(err)
	}
}

// Commit is a commit that is made in a repository.
type Commit struct {
	Branch  string   // main where empty
	Parents []string // ids; the branch's head where there are none, if it has one
	Author  string   // somebody@acme.test is called somebody; ana where empty
	At      time.Time
	Message string
	Files   map[string]string // content by path
	Deleted []string
}

// Push makes a commit and returns its id.
func (h *Host) Push(repo string, c Commit) string {
	h.Helper()
	branch, author := c.Branch, c.Author
	if branch == "" {
		branch = "main"
	}
	if author == "" {
		author = "ana"
	}
	parents := c.Parents
	if head := h.Head(repo, branch); len(parents) == 0 && head != "" {
		parents = []string{head}
	}
	who := fmt.Sprintf("%s <%[1]s@acme.test> %d +0000", author, c.At.Unix())
	var b strings.Builder
	fmt.Fprintf(&b, "commit refs/heads/%s\nauthor %s\ncommitter %[2]s\ndata %d\n%s\n", branch, who, len(c.Message)+1, c.Message+"\n")
	for i, parent := range parents {
		fmt.Fprintf(&b, "%s %s\n", map[bool]string{true: "from", false: "merge"}[i == 0], parent)
	}
	for path, content := range c.Files {
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(content), content)
	}
	for _, path := range c.Deleted {
		fmt.Fprintf(&b, "D %s\n", path)
	}
	h.feed(b.String(), h.Dir(repo), "fast-import", "--quiet", "--force")
	return h.Head(repo, branch)
}

// Head returns the newest commit of a branch; "" where there is none.
func (h *Host) Head(repo, branch string) string {
	h.Helper()
	return h.run(h.Dir(repo), "for-each-ref", "--format=%(objectname)", "refs/heads/"+branch)
}

// Git runs git in a repository of the host and returns what it prints.
func (h *Host) Git(repo string, args ...string) string {
	h.Helper()
	return h.run(h.Dir(repo), args...)
}

func (h *Host) run(dir string, args ...string) string {
	h.Helper()
	return h.feed("", dir, args...)
}

func (h *Host) feed(input, dir string, args ...string) string {
	h.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}
