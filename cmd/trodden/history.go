package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git"
	histories "github.com/trodden/trodden/collectors/history"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// cloned is a source of a code host, with what its history takes.
type cloned struct {
	host        collectors.Batched
	history     config.History
	releases    bool // tags are read
	credentials []quota.Credential
	user        string // as whom tokens let git in
}

// withHistory returns the source, before which the reading of histories is put where it is wanted.
func withHistory(h cloned, around surroundings) (collectors.Source, error) {
	if !h.history.Wanted {
		return h.host, nil
	}
	if err := needGit(); err != nil {
		return nil, err
	}
	dir, err := clonesDir(h.history, around.env)
	if err != nil {
		return nil, err
	}
	c := git.MirrorConfig{Name: h.host.Name(), Watch: around.watch, Naming: around.naming, People: around.people, Now: around.now, Log: around.log}
	if h.releases {
		c.Providers = around.providers
	}
	mirrors, err := git.NewMirrors(c)
	if err != nil {
		return nil, err
	}
	var logins []histories.Login
	for _, c := range h.credentials {
		logins = append(logins, loginOf(c, h.user))
	}
	return histories.New(histories.Config{
		Host: h.host, Mirrors: mirrors, Logins: logins, Log: around.log,
		Cache: histories.NewCache(dir, h.history.Room(), func() time.Time { return around.now().Time() }),
	})
}

// clonesDir is the folder of clones. It is not in that of the store: clones hold names, which a store never does, they can
// be had again, so that nobody needs a copy of them, and a store may be a server elsewhere.
func clonesDir(h config.History, env config.Environment) (string, error) {
	if h.Dir != "" {
		return h.Dir, nil
	}
	dir, err := env.CacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for clones is known (%w): name one with cache: {dir: …}: %w", err, metrics.ErrUnavailable)
	}
	return filepath.Join(dir, "trodden", "clones"), nil
}

// loginOf lets git in by what a credential puts into requests: hosts take a token for the password of any user.
func loginOf(c quota.Credential, user string) histories.Login {
	return func(ctx context.Context) (string, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://host.invalid/", nil)
		if err != nil {
			return "", err
		}
		if err := c.Authorize(r); err != nil {
			return "", fmt.Errorf("%s: %w", c.Name, err)
		}
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		token = cmp.Or(token, r.Header.Get("PRIVATE-TOKEN"))
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+token)), nil
	}
}

// open are the sources that a request is for and that let it in, and why the others are left out.
func (r scanRequest) open(c *config.Config) (list []config.Source, refused []string) {
	for _, s := range r.sources(c) {
		if r.checked != nil && r.checked.refused[s.Name] != nil {
			refused = append(refused, oneLine(r.checked.refused[s.Name]))
			continue
		}
		list = append(list, s)
	}
	return list, refused
}

// budget is that of the requests of a run, after the looks at its sources; nil is none.
func (r scanRequest) budget() *quota.Budget {
	if r.Budget == 0 {
		return nil
	}
	b := quota.NewBudget(r.Budget)
	b.Spend(r.looks().total().Requests)
	return b
}

// looks is what looking at the sources asked of their hosts.
func (r scanRequest) looks() spending {
	if r.checked == nil {
		return nil
	}
	return r.checked.spent
}

// sources are those that a request is for.
func (r scanRequest) sources(c *config.Config) []config.Source {
	list := sourcesNamed(c, r.Source)
	for i := range list {
		s := &list[i]
		switch {
		case !r.History:
		case s.GitHub != nil:
			g := *s.GitHub
			g.History.Wanted, s.GitHub = true, &g
		case s.GitLab != nil:
			g := *s.GitLab
			g.History.Wanted, s.GitLab = true, &g
		}
	}
	return list
}
