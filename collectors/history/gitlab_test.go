package history_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/trodden/trodden/collectors/history"
	"github.com/trodden/trodden/metrics"
)

// withKey signs requests with the token of a GitLab.
type withKey struct{}

// RoundTrip implements http.RoundTripper.
func (withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("PRIVATE-TOKEN", gitlabtest.Secret)
	return http.DefaultTransport.RoundTrip(r)
}

// TestGitLab reads the history of a project of a subgroup: at first, nothing new, a push; contents by git, and by the
// API where git does not give them.
func TestGitLab(t *testing.T) {
	for name, config := range map[string]gittest.Config{"by git": {}, "contents by the API": {NoIDs: true}} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			peer := gitlabtest.New(t, gitlabtest.Config{})
			config.User, config.Password, config.Next = "oauth2", gitlabtest.Secret, peer
			host, store := gittest.New(t, config), collectorstest.New()
			push := func(message string, files map[string]string) {
				t.Helper()
				var head string
				if message == "Begin" {
					peer.AddProject("acme/cards", gitlabtest.Project{Path: "pay", Author: "ana", Files: files})
					head = peer.Head("acme/cards/pay")
				} else {
					head = peer.Push("acme/cards/pay", gitlabtest.Push{Files: files, Author: "ana", Message: message})
				}
				if got := host.Push("acme/cards/pay", gittest.Commit{Author: "ana", Message: message, Files: files, At: peer.Now()}); got != head {
					t.Fatalf("the API has %s, git has %s", head, got)
				}
			}
			scan := func() collectors.Summary {
				t.Helper()
				peer.Advance(3 * time.Hour) // GitLab tells of activity by the hour
				host.Asked()
				sum, err := collectors.Run(context.Background(), collectors.Options{
					Sources: []collectors.Source{gitlabHistory(t, peer, host, filepath.Join(home, "clones"))}, Store: store,
					Workers: 2, Log: slog.New(slog.DiscardHandler), Now: peer.Now,
				})
				if err != nil || len(sum.Problems)+len(sum.Warnings) > 0 {
					t.Fatal(err, sum.Problems, sum.Warnings)
				}
				walk := store.Walks[len(store.Walks)-1]
				if got, want := walk.Head.String(), peer.Head("acme/cards/pay"); got != want {
					t.Errorf("history was read up to %s, want %s", got, want)
				}
				return sum
			}
			peer.AddGroup("acme", gitlabtest.Group{})
			peer.AddGroup("acme/cards", gitlabtest.Group{})
			host.Create("acme/cards/pay")
			push("Begin", map[string]string{".gitlab-ci.yml": "a: {script: x}\n", "x.yml": "1"})
			push("Change", map[string]string{"x.yml": "2"})
			scan()
			if got := store.Unread(); len(got) > 0 || len(store.Commits) != 2 || len(store.Changes) != 3 {
				t.Errorf("got %d commits, %d changes, %v not read", len(store.Commits), len(store.Changes), got)
			}
			if scan(); len(host.Asked()) > 0 {
				t.Error("git was asked for nothing new")
			}
			push("Later", map[string]string{"x.yml": "3"})
			scan()
			if got := store.Unread(); len(got) > 0 || len(store.Commits) != 3 {
				t.Errorf("got %d commits, %v not read", len(store.Commits), got)
			}
		})
	}
}

func gitlabHistory(t *testing.T, peer *gitlabtest.Peer, host *gittest.Host, dir string) collectors.Source {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	people, err := collectors.NewPeople(collectors.Names{Key: []byte("key")})
	check(err)
	now := func() metrics.Instant { return metrics.At(peer.Now()) }
	watch := metrics.WatchSet{Whole: []string{"**/*.yml"}}
	api, err := gitlab.New(gitlab.Config{
		Name: "gitlab", Group: "acme", URL: host.URL, Watch: watch, Now: now, Clock: peer.Now, Client: &http.Client{Transport: withKey{}},
	})
	check(err)
	mirrors, err := git.NewMirrors(git.MirrorConfig{Name: "gitlab", Watch: watch, People: people, Now: now})
	check(err)
	source, err := history.New(history.Config{
		Host: api, Mirrors: mirrors, Cache: history.NewCache(dir, 0, peer.Now),
		Logins: []history.Login{func(context.Context) (string, error) {
			return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("oauth2:"+gitlabtest.Secret)), nil
		}},
	})
	check(err)
	return source
}
