package git_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/metrics"
)

// TestMirrorFails shows what is said where git cannot read, or does not see what the host told of.
func TestMirrorFails(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
	}
	tests := []struct {
		name   string
		from   func(*collectors.Remote)
		fault  http.HandlerFunc
		reason metrics.Reason // "" for an error that is no ReadError
		want   string
	}{
		{"nobody in particular", func(r *collectors.Remote) { r.Header = "" }, nil, metrics.ReasonForbidden, "git is not let in"},
		{"a wrong password", func(r *collectors.Remote) { r.Header = "Authorization: Basic eDp5" }, nil, metrics.ReasonForbidden, "git is not let in"},
		{"forbidden", nil, status(403), metrics.ReasonForbidden, "error: 403"},
		{"gone", nil, status(404), "", "not found"},
		{"an error of the server", nil, status(502), "", "error: 502"},
		{"elsewhere", nil, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+r.URL.Path, http.StatusFound)
		}, "", "unable to"},
		{"a page for people", nil, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }, "", ""},
		{"nothing comes", nil, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "", "too slow"},
		{"a head that git does not have", func(r *collectors.Remote) { r.Head, _ = metrics.ParseOID(strings.Repeat("1", 40)) }, nil, "", "does not have the commit 1111"},
		{"a branch that git does not have", func(r *collectors.Remote) { r.Branch = "gone" }, nil, "", "couldn't find remote ref"},
		{"a branch that is none", func(r *collectors.Remote) { r.Branch = "a:b" }, nil, "", "branch"},
		{"a place on this machine", func(r *collectors.Remote) { r.URL = "/etc/x.git" }, nil, "", "no address on the web"},
		{"a program", func(r *collectors.Remote) { r.URL = "ext::sh" }, nil, "", "no address on the web"},
		{"credentials in the address", func(r *collectors.Remote) { r.URL = "http://a:b@127.0.0.1/x.git" }, nil, "", "more than a place"},
		{"two headers", func(r *collectors.Remote) { r.Header += "\nX: y" }, nil, "", "more than one line"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, gittest.Config{})
			m.busy()
			m.from = test.from
			m.host.Fail(test.fault)
			_, err := m.read("main")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			for _, secret := range secrets() {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells what lets git in: %v", err)
				}
			}
			var read *collectors.ReadError
			if reason := metrics.Reason(""); errors.As(err, &read) && read.Reason != test.reason || read == nil && test.reason != reason {
				t.Errorf("got %+v, want the reason %q", read, test.reason)
			}
			m.from = nil
			m.host.Fail(nil)
			m.must("main")
		})
	}
}

// TestMirrorStallsInTheMiddle cuts and stalls a transfer; the next one goes on in the same folder.
func TestMirrorStallsInTheMiddle(t *testing.T) {
	for _, name := range []string{"cut", "stalled"} {
		t.Run(name, func(t *testing.T) {
			m := newMirrored(t, gittest.Config{})
			m.busy()
			m.host.Fail(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					m.host.Pass(w, r)
					return
				}
				m.host.Pass(&cutting{ResponseWriter: w, left: 600, wait: name == "stalled", done: r.Context().Done()}, r)
			})
			if _, err := m.read("main"); err == nil {
				t.Fatal("a part of an answer is none")
			}
			m.host.Fail(nil)
			m.must("main")
			_ = filepath.WalkDir(m.dir, func(path string, _ fs.DirEntry, err error) error {
				if strings.Contains(filepath.Base(path), "tmp_") || err != nil {
					t.Errorf("%s stays, %v", path, err)
				}
				return nil
			})
		})
	}
}

// cutting lets so many bytes of an answer pass, and then breaks off or waits until nobody wants any more.
type cutting struct {
	http.ResponseWriter
	left int
	wait bool
	done <-chan struct{}
}

func (c *cutting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p[:min(len(p), c.left)])
	if c.left -= n; c.left > 0 || err != nil {
		return n, err
	}
	c.ResponseWriter.(http.Flusher).Flush()
	if c.wait {
		<-c.done
	}
	panic(http.ErrAbortHandler)
}

// TestMirrorSaysNothing looks for what lets git in where it must not be.
func TestMirrorSaysNothing(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	trace := filepath.Join(t.TempDir(), "trace")
	global := filepath.Join(os.Getenv("HOME"), ".gitconfig")
	write(t, "[trace2]\n\teventTarget = "+trace+"\n\tconfigParams = *\n\tenvVars = GIT_CONFIG_VALUE_0\n[credential]\n\thelper = store\n", global)
	for name, value := range map[string]string{"GIT_TRACE": trace, "GIT_TRACE_CURL": trace, "GIT_TRACE2": trace, "GIT_CURL_VERBOSE": "1", "GIT_TRACE_REDACT": "0"} {
		t.Setenv(name, value)
	}
	m.busy()
	if err := os.Remove(trace); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	looked := 0
	m.host.Watch(func() {
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Error(err)
		}
		for _, file := range lines {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // it has ended
			}
			if strings.Contains(string(text), "remote-http") {
				looked++
			}
			for _, secret := range secrets() {
				if strings.Contains(string(text), secret) {
					t.Errorf("a command line says it: %q", text)
				}
			}
		}
	})
	m.must("main")
	m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": "9"}})
	m.must("main")
	if looked == 0 {
		if _, err := os.Stat("/proc/self/cmdline"); err == nil {
			t.Error("git was never seen at work")
		}
	}
	for _, root := range []string{m.dir, os.Getenv("HOME"), filepath.Dir(trace)} {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, secret := range secrets() {
				if err != nil || strings.Contains(string(text), secret) {
					t.Errorf("%s holds it (%v)", path, err)
				}
			}
			return nil
		})
	}
}

// TestMirrorDamaged says of a damaged clone that it is one.
func TestMirrorDamaged(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir, pack string)
	}{
		{"packs cut off", func(t *testing.T, _, pack string) {
			if err := os.Chmod(pack, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(pack, 40); err != nil {
				t.Fatal(err)
			}
		}},
		{"packs gone", func(t *testing.T, _, pack string) {
			if err := os.Remove(pack); err != nil {
				t.Fatal(err)
			}
		}},
		{"a reference that is none", func(t *testing.T, dir, _ string) { write(t, "nonsense\n", dir, "refs/heads/head") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, gittest.Config{})
			m.busy()
			m.must("main")
			m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": "9"}})
			packs, err := filepath.Glob(filepath.Join(m.dir, "objects", "pack", "*.pack"))
			if err != nil || len(packs) == 0 {
				t.Fatal(packs, err)
			}
			for _, pack := range packs {
				test.damage(t, m.dir, pack)
			}
			_, err = m.read("main")
			var read *collectors.ReadError
			if err == nil { // git has mended it
				m.must("main")
			} else if !errors.As(err, &read) || read.Reason == metrics.ReasonForbidden {
				t.Errorf("got %v, want that the clone is damaged", err)
			}
		})
	}
}
