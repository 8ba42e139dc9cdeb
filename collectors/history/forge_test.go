package history_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/history"
	"github.com/trodden/trodden/metrics"
)

// forge is a GitHub whose API and whose git tell of the same repositories, and what is scanned of it.
type forge struct {
	*testing.T
	peer    *githubtest.Peer
	git     *gittest.Host
	store   *collectorstest.Store
	dir     string // of clones
	limit   int64
	names   collectors.Names
	logins  []string // passwords
	without bool     // history is not read
	full    bool
	patient time.Duration // with clones that others use
	log     *slog.Logger
	ctx     context.Context
	summary collectors.Summary
}

func newForge(t *testing.T, config gittest.Config) *forge {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	peer := githubtest.New(t, githubtest.Config{})
	peer.AddOrganization("acme")
	config.User, config.Password, config.Next = "x-access-token", githubtest.Secret, peer
	return &forge{
		T: t, peer: peer, git: gittest.New(t, config), store: collectorstest.New(), dir: filepath.Join(t.TempDir(), "clones"),
		names: collectors.Names{Key: []byte("key")}, logins: []string{githubtest.Secret}, ctx: context.Background(),
	}
}

// add makes a repository with a first commit.
func (f *forge) add(name string, files map[string]string) {
	f.Helper()
	f.peer.AddRepo("acme", githubtest.Repo{Name: name, Files: files})
	f.git.Create("acme/" + name)
	f.same("acme/"+name, f.peer.Head("acme/"+name), f.git.Push("acme/"+name, gittest.Commit{Author: "robot", Message: "Begin", Files: files, At: f.peer.Now()}))
}

// push makes a commit, a minute after what was before.
func (f *forge) push(name string, files map[string]string) {
	f.Helper()
	f.peer.Advance(time.Minute)
	repo := "acme/" + name
	f.same(repo, f.peer.Push(repo, githubtest.Push{Files: files, Author: "ana", Message: "Change"}),
		f.git.Push(repo, gittest.Commit{Author: "ana", Message: "Change", Files: files, At: f.peer.Now()}))
}

func (f *forge) same(repo, api, git string) {
	f.Helper()
	if api != git {
		f.Fatalf("%s: the API has %s, git has %s", repo, api, git)
	}
}

func (f *forge) source() collectors.Source {
	f.Helper()
	people, err := collectors.NewPeople(f.names)
	f.must(err)
	now := func() metrics.Instant { return metrics.At(f.peer.Now()) }
	watch := metrics.WatchSet{Whole: []string{"**/*.yml"}}
	host, err := github.New(github.Config{
		Name: "github", Org: "acme", URL: f.git.URL, Watch: watch, Now: now, Clock: f.peer.Now,
		Client: &http.Client{Transport: signed{}},
	})
	f.must(err)
	if f.without {
		return host
	}
	mirrors, err := git.NewMirrors(git.MirrorConfig{Name: "github", Watch: watch, People: people, Now: now, Stall: time.Second})
	f.must(err)
	var logins []history.Login
	for _, password := range f.logins {
		logins = append(logins, func(context.Context) (string, error) {
			return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+password)), nil
		})
	}
	source, err := history.New(history.Config{
		Host: host, Mirrors: mirrors, Logins: logins, Cache: history.NewCache(f.dir, f.limit, f.peer.Now), Patient: f.patient, Log: f.log,
	})
	f.must(err)
	return source
}

// signed signs requests with the peer's token.
type signed struct{}

// RoundTrip implements http.RoundTripper.
func (signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+githubtest.Secret)
	return http.DefaultTransport.RoundTrip(r)
}

func (f *forge) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// scan scans, half an hour after the last time, and counts anew what is asked.
func (f *forge) scan() {
	f.Helper()
	f.must(f.try())
}

func (f *forge) try() (err error) {
	f.Helper()
	f.peer.Advance(30 * time.Minute)
	f.peer.ResetCounts()
	f.git.Asked()
	f.summary, err = collectors.Run(f.ctx, collectors.Options{
		Sources: []collectors.Source{f.source()}, Store: f.store, Workers: 2, Full: f.full, Log: slog.New(slog.DiscardHandler), Now: f.peer.Now,
	})
	return err
}

// warnings are what was said of repositories, one line each.
func (f *forge) warnings() string {
	var lines []string
	for _, w := range f.summary.Warnings {
		lines = append(lines, w.Message)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// id is that of a repository that was called so once.
func id(name string) metrics.RepoID { return metrics.NewRepoID("127.0.0.1/acme/" + name) }

// walked expects the newest walk of a repository to end at the head that it has.
func (f *forge) walked(first, now string) metrics.Walk {
	f.Helper()
	last, _ := f.store.Last(f.ctx, "github", id(first))
	if got, want := last.Walk.Head.String(), f.peer.Head("acme/"+now); got != want {
		f.Errorf("history of %s was read up to %s, want %s", now, got, want)
	}
	if last.Reading.Head != last.Walk.Head || !last.Reading.Complete || last.Reading.Files == 0 || last.Reading.Names == 0 || last.Reading.At < last.Walk.At {
		f.Errorf("%s: one reading says both: %+v", now, last.Reading)
	}
	return last.Walk
}

// clones are the folders of clones that there are.
func (f *forge) clones() []string {
	found, err := filepath.Glob(filepath.Join(f.dir, "*.git"))
	f.must(err)
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

// fake puts a program before git in the PATH: it is given the path of git.
func (f *forge) fake(script func(git string) string) {
	f.Helper()
	path := os.Getenv("PATH")
	var real string
	for _, dir := range filepath.SplitList(path) {
		if _, err := os.Stat(filepath.Join(dir, "git")); err == nil && real == "" {
			real = filepath.Join(dir, "git")
		}
	}
	dir := f.TempDir()
	f.must(os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"+script(real)+"\n"), 0o755))
	f.Setenv("PATH", dir+string(filepath.ListSeparator)+path)
}
