package git_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/metrics"
)

// day is when tests begin.
var day = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)

// mirrored is a repository of a host, and what is read of it through a mirror.
type mirrored struct {
	*testing.T
	host    *gittest.Host
	mirrors *git.Mirrors
	store   *memory
	dir     string
	people  collectors.Names
	config  git.MirrorConfig
	given   map[string]string // by the host's API: content by blob
	from    func(*collectors.Remote)
	hours   int
}

const password = "hush-hush-7f3a"

func newMirrored(t *testing.T, config gittest.Config) *mirrored {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	config.User, config.Password = "x-access-token", password
	m := &mirrored{T: t, host: gittest.New(t, config), store: newMemory(), dir: filepath.Join(t.TempDir(), "0001.git")}
	m.people.Key = []byte("key")
	m.config = git.MirrorConfig{Name: "github", Watch: watched(), Stall: time.Second}
	m.host.Create("acme/pay")
	return m
}

// secrets are the forms in which a password may show.
func secrets() []string {
	return []string{password, base64.StdEncoding.EncodeToString([]byte("x-access-token:" + password))}
}

// push makes a commit, an hour after the last one.
func (m *mirrored) push(c gittest.Commit) string {
	m.Helper()
	m.hours++
	c.At = day.Add(time.Duration(m.hours) * time.Hour)
	return m.host.Push("acme/pay", c)
}

func (m *mirrored) remote(branch string) collectors.Remote {
	m.Helper()
	head, err := metrics.ParseOID(m.host.Head("acme/pay", branch))
	if err != nil {
		m.Fatal(err)
	}
	from := collectors.Remote{URL: m.host.URL + "/acme/pay.git", Branch: branch, Head: head,
		Header: "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+password))}
	if m.from != nil {
		m.from(&from)
	}
	return from
}

// Contents implements collectors.Contents.
func (m *mirrored) Contents(_ context.Context, _ metrics.Repo, blobs []metrics.OID) (map[metrics.OID]string, error) {
	found := map[metrics.OID]string{}
	for _, oid := range blobs {
		if content, ok := m.given[oid.String()]; ok {
			found[oid] = content
		}
	}
	return found, nil
}

// read brings the mirror up to date and reads it.
func (m *mirrored) read(branch string) (collectors.Done, error) {
	m.Helper()
	people, err := collectors.NewPeople(m.people)
	if err != nil {
		m.Fatal(err)
	}
	m.config.People, m.config.Now = people, func() metrics.Instant { return metrics.At(day.AddDate(1, 0, 0)) }
	if m.mirrors, err = git.NewMirrors(m.config); err != nil {
		m.Fatal(err)
	}
	one := &oneMirror{mirrored: m, branch: branch}
	_, err = collectors.Run(context.Background(), collectors.Options{
		Sources: []collectors.Source{one}, Store: m.store, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		m.Fatal(err)
	}
	return one.done, one.err
}

// oneMirror is a source of one repository, which remembers how reading it ended.
type oneMirror struct {
	*mirrored
	branch string
	done   collectors.Done
	err    error
}

// Name implements collectors.Source.
func (o *oneMirror) Name() string { return o.config.Name }

// Repos implements collectors.Source.
func (o *oneMirror) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		yield(metrics.Repo{Name: "127.0.0.1/acme/pay", HostID: "127.0.0.1#7", Topics: []string{"money"}}, nil)
	}
}

// Read implements collectors.Source.
func (o *oneMirror) Read(ctx context.Context, repo metrics.Repo, last collectors.Last, out collectors.Sink) (collectors.Done, error) {
	from := o.remote(o.branch)
	if o.err = o.mirrors.Update(ctx, o.dir, repo, from); o.err != nil {
		return o.done, o.err
	}
	var host collectors.Contents
	if o.given != nil {
		host = o
	}
	o.done, o.err = o.mirrors.Read(ctx, o.dir, collectors.Job{Repo: repo, Last: last}, from, host, out)
	return o.done, o.err
}

// must reads, and expects the walks of the store to end in the history that the host has.
func (m *mirrored) must(branch string) collectors.Done {
	m.Helper()
	done, err := m.read(branch)
	if err != nil {
		m.Fatal(err)
	}
	var got []string
	for _, c := range m.store.history(metrics.NewRepoID("127.0.0.1/acme/pay")).Commits {
		if c.Seq == 0 {
			got = append(got, c.OID.String())
		}
	}
	want := strings.Fields(m.host.Git("acme/pay", "rev-list", "--first-parent", "--reverse", branch))
	if diff := cmp.Diff(got, want); diff != "" {
		m.Errorf("landed commits (-got +want):\n%s", diff)
	}
	return done
}

// contents returns what the store knows of blobs, by content.
func (m *mirrored) contents() map[string]metrics.BlobStatus {
	all := map[string]metrics.BlobStatus{}
	for _, b := range m.store.blobs {
		all[b.Content] = b.Status
	}
	return all
}

// held returns the number of blobs that the mirror has.
func (m *mirrored) held() int {
	m.Helper()
	return strings.Count(run(m.T, m.dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"), "blob")
}

// busy is a history with a merge, a .mailmap, and files that nobody watches.
func (m *mirrored) busy() {
	root := m.push(gittest.Commit{Message: "begin", Files: map[string]string{"ci.yml": "1", "big.txt": strings.Repeat("x", 1<<20), ".mailmap": "Ana <ana@acme.dev> <ana@acme.test>\n"}})
	side := m.push(gittest.Commit{Branch: "side", Parents: []string{root}, Author: "bob", Message: "side", Files: map[string]string{"x.yml": "2"}})
	m.push(gittest.Commit{Parents: []string{root, side}, Message: "merge", Files: map[string]string{"x.yml": "2"}})
	m.push(gittest.Commit{Message: "more", Files: map[string]string{"ci.yml": "3", "other.txt": "o"}})
}

func TestMirror(t *testing.T) {
	tests := []struct {
		name   string
		config gittest.Config
		given  []string // contents that the host's API has
		packs  int      // that are asked for
		held   int      // blobs in the mirror: those of watched files and the .mailmap
		read   map[string]metrics.BlobStatus
	}{
		{"without contents, those of watched files at once", gittest.Config{}, nil, 3, 4,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from a server that sends all contents", gittest.Config{Whole: true}, nil, 2, 6,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from a server that gives none by their ids", gittest.Config{NoIDs: true}, []string{"1", "2", "3", "Ana <ana@acme.dev> <ana@acme.test>\n"}, 1, 0,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "2": metrics.BlobRead, "3": metrics.BlobRead}},
		{"from one of which the API knows a part", gittest.Config{NoIDs: true}, []string{"1", "3"}, 1, 0,
			map[string]metrics.BlobStatus{"1": metrics.BlobRead, "": metrics.BlobMissing, "3": metrics.BlobRead}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, test.config)
			m.busy()
			if test.given != nil {
				m.given = map[string]string{}
			}
			for _, content := range test.given {
				m.given[feed(t, m.host.Dir("acme/pay"), content, "hash-object", "--stdin")] = content
			}
			done := m.must("main")
			if diff := cmp.Diff(m.contents(), test.read); diff != "" {
				t.Errorf("contents (-got +want):\n%s", diff)
			}
			if asked := m.host.Asked(); strings.Count(strings.Join(asked, "\n"), "POST") != test.packs {
				t.Errorf("git was asked %q, want %d posts", asked, test.packs)
			}
			if got := m.held(); got != test.held {
				t.Errorf("the mirror has %d blobs, want %d", got, test.held)
			}
			if done.Changes != 3 || done.Commits != 4 {
				t.Errorf("got %+v", done)
			}
			if done = m.must("main"); !done.Unchanged {
				t.Errorf("nothing is new, and %+v", done)
			}
		})
	}
}

// TestMirrorIsAsAClone compares what is read through a mirror with what is read of the repository itself.
func TestMirrorIsAsAClone(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.must("main")
	local := newScanner(t, m.host.Dir("acme/pay"))
	local.scan()
	got, want := m.store.history(metrics.NewRepoID("127.0.0.1/acme/pay")), local.store.history(metrics.NewRepoID("local/pay"))
	plain := cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".Repo", ".Walk", ".ID", ".At", ".Walks":
			return true
		}
		return false
	}, cmp.Ignore())
	if diff := cmp.Diff(got, want, plain); diff != "" || len(got.Side) != 1 {
		t.Errorf("history (-mirror +clone):\n%s", diff)
	}
	people := func(s *memory) map[metrics.AliasID]metrics.PersonID {
		all := map[metrics.AliasID]metrics.PersonID{}
		for _, id := range s.identities {
			all[id.Alias] ^= id.Person
		}
		return all
	}
	if diff := cmp.Diff(people(m.store), people(local.store)); diff != "" {
		t.Errorf("people (-mirror +clone):\n%s", diff)
	}
	repo := m.store.repos[metrics.NewRepoID("127.0.0.1/acme/pay")]
	if repo.HostID == "" || len(repo.Topics) != 1 || repo.DefaultBranch != "main" || repo.Head == "" {
		t.Errorf("what the host told is lost: %+v", repo)
	}
}

// TestMirrorFollows brings a mirror up to date after all that can happen to a branch.
func TestMirrorFollows(t *testing.T) {
	tests := []struct {
		name   string
		happen func(m *mirrored)
		branch string
	}{
		{"a push", func(m *mirrored) { m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": "9"}}) }, "main"},
		{"another history", func(m *mirrored) {
			root := m.host.Git("acme/pay", "rev-list", "--max-parents=0", "main")
			m.push(gittest.Commit{Parents: []string{root}, Message: "instead", Files: map[string]string{"ci.yml": "9"}})
		}, "main"},
		{"the branch before", func(m *mirrored) { m.host.Git("acme/pay", "update-ref", "refs/heads/main", "main~1") }, "main"},
		{"a default branch of another name", func(m *mirrored) { m.host.Git("acme/pay", "branch", "-m", "main", "trunk") }, "trunk"},
		{"one that is called as if the last was a folder", func(m *mirrored) { m.host.Git("acme/pay", "branch", "-m", "main", "main/next") }, "main/next"},
		{"another default branch", func(m *mirrored) {
			m.push(gittest.Commit{Branch: "next", Parents: []string{m.host.Head("acme/pay", "main")}, Message: "next", Files: map[string]string{"n.yml": "n"}})
		}, "next"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMirrored(t, gittest.Config{})
			m.busy()
			m.must("main")
			test.happen(m)
			m.must(test.branch)
			for content, status := range m.contents() {
				if status != metrics.BlobRead {
					t.Errorf("%q is %d", content, status)
				}
			}
		})
	}
}

// TestMirrorTags reads tags of providers alone, with what became of them.
func TestMirrorTags(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.host.Git("acme/pay", "tag", "v1.0.0", "main~1")
	m.must("main")
	if got := len(m.store.releases); got != 0 {
		t.Errorf("%d releases of a repository that provides nothing", got)
	}
	m.config.Providers = []string{"127.0.0.1/acme/*"}
	m.must("main")
	m.host.Git("acme/pay", "tag", "-d", "v1.0.0")
	m.host.Git("acme/pay", "tag", "v1.0.0/rc", "main~1")
	m.host.Git("acme/pay", "tag", "v1.1.0", "main")
	m.must("main")
	got := map[string]bool{}
	for _, r := range m.store.releases {
		got[r.Tag] = r.Object != ""
	}
	if diff := cmp.Diff(got, map[string]bool{"v1.0.0": false, "v1.0.0/rc": true, "v1.1.0": true}); diff != "" {
		t.Errorf("releases (-got +want):\n%s", diff)
	}
	if len(m.store.released) == 0 {
		t.Error("no release brought a commit")
	}
}

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

// TestMirrorStaysSmall makes one pack of many.
func TestMirrorStaysSmall(t *testing.T) {
	m := newMirrored(t, gittest.Config{})
	m.busy()
	m.must("main")
	for i := range 26 { // two packs each: commits, contents
		m.push(gittest.Commit{Message: "new", Files: map[string]string{"ci.yml": strings.Repeat("y", i+10)}})
		m.must("main")
	}
	packs, err := filepath.Glob(filepath.Join(m.dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) > 50 {
		t.Errorf("%d packs, %v, want at most 50", len(packs), err)
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
