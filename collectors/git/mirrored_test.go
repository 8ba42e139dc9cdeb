package git_test

import (
	"context"
	"encoding/base64"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
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
	store   *collectorstest.Store
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
	m := &mirrored{T: t, host: gittest.New(t, config), store: collectorstest.New(), dir: filepath.Join(t.TempDir(), "0001.git")}
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
	for _, c := range m.store.History(metrics.NewRepoID("127.0.0.1/acme/pay")).Commits {
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
	for _, b := range m.store.Blobs {
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
