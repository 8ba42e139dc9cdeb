package catalog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// BackstageKind is a product whose catalog answers as that of Backstage does.
type BackstageKind string

// The products.
const (
	BackstageOpen BackstageKind = "backstage" // the open-source one, also where none is given
	Roadie        BackstageKind = "roadie"
	SpotifyPortal BackstageKind = "spotify-portal"
)

// roadieAddress is where Roadie answers all of its customers.
const roadieAddress = "https://api.roadie.so"

// BackstageConfig says which catalog is read.
type BackstageConfig struct {
	URL    string        // of the backend, with or without /api/catalog; "" for Roadie's own
	Token  string        // goes out as it is; "" where the catalog answers everybody
	Kind   BackstageKind // BackstageOpen where empty
	HTTP   *http.Client  // what carries requests; may be nil
	Budget *quota.Budget // of the run; nil is none
	Log    *slog.Logger  // may be nil
}

// Backstage reads the catalog of Backstage, Roadie or Spotify Portal.
//
// The catalog is one list, read by pages that are decoded entity by entity. An item is handed on as soon as all that it
// refers to as owners or members was listed; what is still missing at the end of the list is asked for by name, so that
// nobody is said to be gone who merely came later. What the catalog knows of and never lists, since it was never valid,
// is in a second list where the backend has the module for it.
type Backstage struct {
	wire *wire
	kind BackstageKind
	log  *slog.Logger

	before []metrics.EntityRef // what was there the last time

	old    bool // the backend has a plain list and no queries
	silent bool // it was said that it does not tell what was never valid
}

// NewBackstage returns a portal. It asks nothing yet.
func NewBackstage(c BackstageConfig) (*Backstage, error) {
	b := &Backstage{kind: c.Kind, log: logOf(c.Log)}
	if b.kind == "" {
		b.kind = BackstageOpen
	}
	usual := ""
	if b.kind == Roadie {
		usual = roadieAddress
	}
	w, err := newWire(wiring{
		product: b.product(), url: backend(c.URL), usual: usual, family: backstageFamily(), credential: bearer(c.Token), secrets: []string{c.Token},
		client: c.HTTP, budget: c.Budget, log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	b.wire = w
	return b, nil
}

// backend is the address of the backend that a configured one is of.
func backend(address string) string {
	address = strings.TrimRight(address, "/")
	address = strings.TrimSuffix(address, "/entities")
	return strings.TrimSuffix(strings.TrimSuffix(address, "/catalog"), "/api")
}

func bearer(token string) quota.Credential {
	if token == "" {
		return quota.Credential{Name: "nobody", Account: "nobody", Authorize: func(*http.Request) error { return nil }}
	}
	return quota.Static("token", "Authorization", "Bearer "+token)
}

// product is what people call it.
func (b *Backstage) product() string {
	switch b.kind {
	case Roadie:
		return "Roadie"
	case SpotifyPortal:
		return "Spotify Portal"
	}
	return "Backstage"
}

// token says where the token comes from.
func (b *Backstage) token() string {
	switch b.kind {
	case Roadie:
		return "a service token or a user token, made below Administration"
	case SpotifyPortal:
		return "one of External access in the settings of the app"
	}
	return "an entry of type static below backend.auth.externalAccess"
}

// Requests implements Portal. Each try of a request counts.
func (b *Backstage) Requests() int { return b.wire.requests() }

// Items implements Portal.
//
// An error comes after all that was read. It comes also where the list was read to its end but moved meanwhile, so that
// something in it was told twice or not at all, and where something in it has no name.
func (b *Backstage) Items(ctx context.Context) iter.Seq2[Item, error] {
	return listing(func(take func(Item) error) error {
		r := newRead(take, b.before)
		err := b.read(ctx, r)
		if errors.Is(err, errEnough) {
			return err
		}
		if rest := r.release(true); rest != nil {
			return rest
		}
		return b.say(err)
	})
}

// read reads all there is.
func (b *Backstage) read(ctx context.Context, r *read) error {
	if err := b.list(ctx, r); err != nil {
		return fmt.Errorf("list the entities of %s: %w", b.product(), err)
	}
	if err := r.complete(); err != nil {
		return fmt.Errorf("list the entities of %s: %w", b.product(), err)
	}
	r.whole = true
	if err := b.neverValid(ctx, r); err != nil {
		return fmt.Errorf("list what %s has not processed: %w", b.product(), err)
	}
	if err := b.confirm(ctx, r); err != nil {
		return fmt.Errorf("look up in %s what it did not list: %w", b.product(), err)
	}
	return nil
}

// say puts what a token lacks into words.
func (b *Backstage) say(err error) error {
	need := fmt.Sprintf("the token (%s) has to be allowed the plugin catalog, to read", b.token())
	var no *refusal
	switch {
	case err == nil:
		return nil
	case errors.Is(err, quota.ErrRefused):
		return quota.Say(fmt.Sprintf("%s does not take the token: it may be wrong, expired or revoked; %s", b.product(), need), err)
	case errors.As(err, &no) && no.Status == http.StatusUnauthorized, errors.As(err, &no) && no.Status == http.StatusForbidden:
		return quota.Say(fmt.Sprintf("%s; %s", no.String(), need), err)
	case errors.As(err, &no) && no.Status == http.StatusNotFound:
		return quota.Say(fmt.Sprintf("%s has no catalog there (%s): see whether the url is that of the backend", b.product(), no.String()), err)
	}
	return err
}
