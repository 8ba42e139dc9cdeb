package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/cmd/trodden/config"
	catalogs "github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// catalogPortal is a software catalog that can say whether it lets in, and how many entities it has, where it tells that at once.
type catalogPortal interface {
	catalogs.Portal
	Check(ctx context.Context) (entities int, told bool, err error)
}

// openedCatalog is a catalog that can be read. Nothing was asked of it yet.
type openedCatalog struct {
	name   string // of its source
	portal catalogPortal
	source config.Source
}

// where is the address of the catalog, for people.
func (o openedCatalog) where() string { return cmp.Or(o.source.Catalog.URL, o.source.Kind) }

// catalogKind is one kind of catalog that this build can read.
type catalogKind struct {
	kind string // as in the configuration
	open func(config.Source, surroundings) (catalogPortal, error)
}

// catalogKinds lists the kinds of catalogs. One more catalog is one more entry here.
func catalogKinds() []catalogKind {
	return []catalogKind{
		{string(catalogs.BackstageOpen), openBackstage},
		{string(catalogs.Roadie), openBackstage},
		{string(catalogs.SpotifyPortal), openBackstage},
		{"port", openPort},
		{"cortex", openCortex},
		{"opslevel", openOpsLevel},
	}
}

// catalogsNamed returns the configured catalogs, or only the one of the given name.
func catalogsNamed(c *config.Config, only string) []config.Source {
	return slices.DeleteFunc(slices.Clone(c.Sources), func(s config.Source) bool { return !s.IsCatalog() || only != "" && s.Name != only })
}

// openCatalogs makes the portals of the configured catalogs, or only that of the given name. They share the budget of the
// sources around them.
func openCatalogs(c *config.Config, only string, around surroundings) ([]openedCatalog, error) {
	var list []openedCatalog
	for _, s := range catalogsNamed(c, only) {
		opened, err := openCatalog(s, around)
		if err != nil {
			return nil, err
		}
		list = append(list, opened)
	}
	return list, nil
}

func openCatalog(s config.Source, around surroundings) (openedCatalog, error) {
	kinds := catalogKinds()
	i := slices.IndexFunc(kinds, func(k catalogKind) bool { return k.kind == s.Kind })
	if i < 0 {
		return openedCatalog{}, fmt.Errorf("open source %s: %s is no catalog: %w", s.Name, s.Kind, metrics.ErrInvalid)
	}
	portal, err := kinds[i].open(s, around)
	if err != nil {
		return openedCatalog{}, fmt.Errorf("open source %s: %w", s.Name, err)
	}
	return openedCatalog{s.Name, portal, s}, nil
}

func openBackstage(s config.Source, around surroundings) (catalogPortal, error) {
	token, err := s.Catalog.Token.Token(around.env)
	if err != nil {
		return nil, err
	}
	return catalogs.NewBackstage(catalogs.BackstageConfig{
		URL: s.Catalog.URL, Token: token, Kind: catalogs.BackstageKind(s.Kind), Budget: around.hosts.budget, Log: around.log,
	})
}

func openPort(s config.Source, around surroundings) (catalogPortal, error) {
	id, err := s.Catalog.ClientID.Token(around.env)
	if err != nil {
		return nil, err
	}
	secret, err := s.Catalog.Token.Token(around.env)
	if err != nil {
		return nil, err
	}
	var mapping []catalogs.PortBlueprint
	for _, b := range s.Catalog.Blueprints {
		mapping = append(mapping, catalogs.PortBlueprint(b))
	}
	return catalogs.NewPort(catalogs.PortConfig{
		URL: s.Catalog.URL, ClientID: id, ClientSecret: secret, Mapping: mapping, Host: s.Catalog.Host, Budget: around.hosts.budget, Log: around.log,
	})
}

func openCortex(s config.Source, around surroundings) (catalogPortal, error) {
	key, err := s.Catalog.Token.Token(around.env)
	if err != nil {
		return nil, err
	}
	return catalogs.NewCortex(catalogs.CortexConfig{
		URL: s.Catalog.URL, Key: key, Types: s.Catalog.Types, Fields: s.Catalog.Fields, Hosts: s.Catalog.Hosts, Budget: around.hosts.budget, Log: around.log,
	})
}

func openOpsLevel(s config.Source, around surroundings) (catalogPortal, error) {
	token, err := s.Catalog.Token.Token(around.env)
	if err != nil {
		return nil, err
	}
	events, err := s.Catalog.PushURL.Token(around.env)
	if err != nil {
		return nil, err
	}
	return catalogs.NewOpsLevel(catalogs.OpsLevelConfig{URL: s.Catalog.URL, Token: token, Events: events, Budget: around.hosts.budget, Log: around.log})
}

// askedOf is what was asked of catalogs since they were opened. Portals tell of no points.
func askedOf(list []openedCatalog) (all spending) {
	for _, o := range list {
		all = all.plus(spending{query.Spent{Source: o.name, Requests: o.portal.Requests()}})
	}
	return all
}
