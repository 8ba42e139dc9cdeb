package gitlab_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/metrics"
)

// roundTripper is a function that carries requests.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// below takes a path away from the beginning of that of every request.
func below(path string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = strings.TrimPrefix(r.URL.Path, path), strings.TrimPrefix(r.URL.RawPath, path)
			return next.RoundTrip(r)
		})
	}
}

// manyFiles are so many watched files and one that is read.
func manyFiles(n int, module string) map[string]string {
	files := map[string]string{"go.mod": module}
	for i := range n {
		files[fmt.Sprintf("services/s%04d/main.go", i)] = "package main\n"
	}
	return files
}

func TestLargeTrees(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	for i, n := range []int{99, 100, 350, 1200} {
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprintf("p%d", i), Files: manyFiles(n, fmt.Sprint("module p", i))})
	}
	if got := s.scan(); got.Repos != 4 || got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	for i, n := range []int{100, 101, 351, 1201} {
		if got := len(s.store.Files(fmt.Sprintf("%sacme/p%d", host, i))); got != n {
			t.Errorf("got %d files of p%d, want %d", got, i, n)
		}
	}
	t.Logf("%v, complexity %d", s.peer.Counts().Routes, s.peer.Counts().Complexity)
	s.requests(15) // pages of one tree come one after another, but those of several come together
}

// TestAHeadThatMovesMeanwhile pushes between two parts of a tree.
func TestAHeadThatMovesMeanwhile(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "app", Files: manyFiles(250, "module old\n")})
	var asked atomic.Int64
	s.wrap = func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if asked.Add(1) == 3 { // a list, a first part, a second part
				s.peer.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": "module new\n"}, Deleted: []string{"services/s0000/main.go"}})
			}
			return next.RoundTrip(r)
		})
	}
	if got := s.scan(); got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	files := s.store.Files(host + "acme/app")
	if len(files) != 250 || files["go.mod"] != "module new\n" {
		t.Errorf("got %d files and %q, want those of one commit", len(files), files["go.mod"])
	}
	if got := s.store.Repo(host + "acme/app").Head.String(); got != s.peer.Head("acme/app") {
		t.Errorf("got head %s, want %s", got, s.peer.Head("acme/app"))
	}
}

func TestContents(t *testing.T) {
	big := strings.Repeat("x", metrics.MaxBlob+1)
	s := newScanner(t, gitlabtest.Config{BlobBytes: 2 << 20})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	s.peer.AddProject("acme", gitlabtest.Project{Path: "odd", Files: map[string]string{
		"empty.yml": "", "latin.yml": "caf\xe9", "binary.yml": "\x00\x01", "big.yml": big, "bigger.yml": big + "y", "link.yml": "go.mod", "go.mod": "module odd\n",
		"LICENSE": strings.Repeat("l", metrics.MaxPresenceBlob+1), "a/b/c.yml": "deep", "crlf.yml": "a\r\n",
	}, Modes: map[string]string{"link.yml": "120000", "crlf.yml": "100755"}})
	if got := s.scan(); got.Unknown != 0 {
		t.Fatalf("the scan came to %+v", got)
	}
	want := map[string]string{"empty.yml": "", "latin.yml": "caf\xe9", "binary.yml": "\x00\x01", "big.yml": "(too big)", "bigger.yml": "(too big)", "go.mod": "module odd\n",
		"LICENSE": "(too big)", "a/b/c.yml": "deep", "crlf.yml": "a\r\n"}
	if diff := cmp.Diff(want, s.store.Files(host+"acme/odd")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestContentsAreReadOnce has many projects with one file, and new ones that have it as well.
func TestContentsAreReadOnce(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	add := func(from, to int) {
		for i := range to - from {
			s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprintf("p%03d", from+i), Files: map[string]string{".gitlab-ci.yml": "same: {script: [x]}\n"}})
		}
	}
	add(0, 30)
	if got := s.scan(); got.Blobs != 1 || got.Unknown != 0 {
		t.Errorf("the scan came to %+v, want one content", got)
	}
	add(30, 50)
	if got := s.scan(); got.Blobs != 0 || got.Unknown != 0 || len(got.Changed) != 20 {
		t.Errorf("the scan came to %+v, want 20 new projects and no content", got)
	}
}

// TestManyContents reads files at more different paths than one query may name.
func TestManyContents(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	for p := range 3 {
		files := map[string]string{}
		for i := range 120 {
			files[fmt.Sprintf("p%d/f%03d.yml", p, i)] = fmt.Sprint(p, i)
		}
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("p", p), Files: files})
	}
	if got := s.scan(); got.Unknown != 0 || got.Blobs != 360 {
		t.Fatalf("the scan came to %+v, want 360 contents", got)
	}
	if got := s.peer.Counts().Complexity; got > 200 {
		t.Errorf("got a query of complexity %d, want at most 200", got)
	}
	t.Log(s.peer.Counts().Routes)
	s.requests(13)
}

// TestComplexityThatIsLess asks a server that allows much simpler queries only.
func TestComplexityThatIsLess(t *testing.T) {
	s := newScanner(t, gitlabtest.Config{Limits: gitlabtest.Limits{Complexity: 60}})
	s.peer.AddGroup("acme", gitlabtest.Group{})
	for i, n := range []int{120, 130, 240} {
		files := manyFiles(n, fmt.Sprint("module ", i))
		for f := range 30 {
			files[fmt.Sprintf("p%d/f%d.yml", i, f)] = fmt.Sprint(i, f)
		}
		s.peer.AddProject("acme", gitlabtest.Project{Path: fmt.Sprint("p", i), Files: files})
	}
	got := s.scan()
	if got.Unknown != 0 || got.Blobs != 93 {
		t.Errorf("the scan came to %+v, want all", got)
	}
	t.Log(s.peer.Counts().Routes)
}

// TestAnotherWatchSet reads everything again that was read for other files.
func TestAnotherWatchSet(t *testing.T) {
	s := acme(t, gitlabtest.Config{})
	s.scan()
	s.config.Watch.Whole = append(s.config.Watch.Whole, "**/*.md")
	got := s.scan()
	if got.Repos != 3 || s.store.Files(host + "acme/app")["README.md"] != "# app\n" {
		t.Errorf("the scan came to %+v with %v", got, s.store.Files(host+"acme/app"))
	}
	s.full = true
	if got := s.scan(); got.Unchanged != 0 || got.Unknown != 0 {
		t.Errorf("a full scan came to %+v, want everything read", got)
	}
}

// TestSkewedClocks scans hosts whose clock is ahead or behind.
func TestSkewedClocks(t *testing.T) {
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		s := acme(t, gitlabtest.Config{})
		s.config.Clock = nil
		s.skew = skew
		s.scan()
		for i := range 3 {
			content := fmt.Sprintf("module %d\n", i)
			s.peer.Push("acme/app", gitlabtest.Push{Files: map[string]string{"go.mod": content}})
			if got := s.scan(); len(got.Changed) != 1 || s.store.Files(host + "acme/app")["go.mod"] != content {
				t.Errorf("%s: scan %d came to %+v", skew, i, got)
			}
		}
	}
}
