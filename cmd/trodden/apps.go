package main

import (
	"fmt"
	"sync"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/metrics"
)

// apps are the Apps that sources sign in as: the look before a scan and the scan share what one of them was given.
type apps struct {
	mu  sync.Mutex
	all map[uint64]*github.Signer // by what they sign with
}

// signer returns what signs requests of an App. The nil apps share nothing.
func (a *apps) signer(app github.App) (*github.Signer, error) {
	if a == nil {
		return app.Signer()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key := metrics.Fingerprint("app", app.URL, fmt.Sprint(app.ID), fmt.Sprint(app.Installation), string(app.Key))
	if s, known := a.all[key]; known {
		return s, nil
	}
	s, err := app.Signer()
	if err != nil {
		return nil, err
	}
	if a.all == nil {
		a.all = map[uint64]*github.Signer{}
	}
	a.all[key] = s
	return s, nil
}

// githubApp reveals the App that a source signs in as.
func githubApp(g *config.GitHub, around surroundings) (*github.App, error) {
	key, err := g.App.Key.Reveal(around.env)
	if err != nil {
		return nil, err
	}
	return &github.App{ID: int64(g.App.ID), Installation: int64(g.App.Installation), Key: []byte(key), URL: g.URL, Log: around.log}, nil
}
