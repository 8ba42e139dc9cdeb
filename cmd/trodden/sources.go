package main

import (
	"fmt"
	"log/slog"
	"os/exec"
	"slices"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/metrics"
)

// surroundings is what sources are made with.
type surroundings struct {
	watch     metrics.WatchSet
	providers []string // globs of the repositories whose tags are releases
	naming    collectors.Naming
	people    *collectors.People
	env       config.Environment
	hosts     hosts
	marks     map[string]string // that the newest lists of sources left, by their names; nil where none is known
	now       func() metrics.Instant
	log       *slog.Logger
}

// providers names the repositories that provide paths: those that the definitions say do, and those whose tags are
// a path's versions.
func providers(d metrics.Definitions) []string {
	var globs []string
	for _, path := range d.Paths {
		globs = append(globs, path.ProvidedBy...)
		if path.LatestTagsOf != "" {
			globs = append(globs, path.LatestTagsOf)
		}
	}
	slices.Sort(globs)
	return slices.Compact(globs)
}

// sourceKind is one kind of source that this build can read.
type sourceKind struct {
	kind string // as in the configuration
	open func(config.Source, surroundings) (collectors.Source, error)
}

// sourceKinds lists the kinds of sources. One more source is one more entry here.
func sourceKinds() []sourceKind {
	return []sourceKind{
		{"git", openGit},
		{"github", openGitHub},
		{"gitlab", openGitLab},
	}
}

func openGit(s config.Source, around surroundings) (collectors.Source, error) {
	if err := needGit(); err != nil {
		return nil, err
	}
	return git.New(git.Config{
		Name: s.Name, Dirs: s.Git.Dirs, Branch: s.Git.Branch, Fetch: s.Git.Fetch, Watch: around.watch,
		Providers: around.providers, Naming: around.naming, People: around.people, Now: around.now, Log: around.log,
	})
}

// needGit fails where the git program is not there.
func needGit() error {
	if _, err := exec.LookPath("git"); err != nil {
		return fmt.Errorf("the git program is not found in PATH: install git 2.31 or newer with this system's packages, or from https://git-scm.com/downloads: %w", metrics.ErrUnavailable)
	}
	return nil
}

// sourcesNamed returns the configured sources that have repositories, or only the one of the given name; see catalogsNamed
// for the others.
func sourcesNamed(c *config.Config, only string) []config.Source {
	return slices.DeleteFunc(slices.Clone(c.Sources), func(s config.Source) bool { return s.IsCatalog() || only != "" && s.Name != only })
}

// prepare makes the sources and catalogs of a scan as a trial, and returns the sources. It fails where they cannot be read
// for want of a secret or a program, before there is a store, and makes nothing.
func (p *program) prepare(c *config.Config, r scanRequest) ([]collectors.Source, error) {
	sources := r.sources(c)
	if err := c.CheckSecrets(p.env, slices.Concat(sources, catalogsNamed(c, r.Source))); err != nil {
		return nil, err
	}
	around, err := p.trial()
	if err != nil {
		return nil, err
	}
	if _, err := openCatalogs(c, r.Source, around); err != nil {
		return nil, err
	}
	return openSources(sources, around)
}

// trial is what sources are made with that are tried only: what they say of names means nothing.
func (p *program) trial() (surroundings, error) {
	people, err := tryPeople()
	return surroundings{people: people, env: p.env, hosts: hosts{spent: &p.looked, scopes: &p.scopes, used: &p.used, apps: &p.apps, accounts: &p.accounts, wait: lookTime}, now: func() metrics.Instant { return metrics.At(p.now()) }, log: p.logger()}, err
}

// tryPeople are those of sources that are tried only.
func tryPeople() (*collectors.People, error) {
	return collectors.NewPeople(collectors.Names{Key: []byte("names are not read by a trial")})
}

// openSources makes sources.
func openSources(sources []config.Source, around surroundings) ([]collectors.Source, error) {
	var list []collectors.Source
	for _, s := range sources {
		source, err := openSource(s, around)
		if err != nil {
			return nil, err
		}
		list = append(list, source)
	}
	return list, nil
}

// kindOf returns the kind of a source, nil where that has no repositories.
func kindOf(s config.Source) *sourceKind {
	kinds := sourceKinds()
	if i := slices.IndexFunc(kinds, func(k sourceKind) bool { return k.kind == s.Kind }); i >= 0 {
		return &kinds[i]
	}
	return nil
}

func openSource(s config.Source, around surroundings) (collectors.Source, error) {
	kind := kindOf(s)
	if kind == nil {
		return nil, fmt.Errorf("open source %s: %s has no repositories: %w", s.Name, s.Kind, metrics.ErrInvalid)
	}
	source, err := kind.open(s, around)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", s.Name, err)
	}
	return source, nil
}

// knowsSource refuses the name of a source that there is not. No name means all of them.
func knowsSource(c *config.Config, name string) error {
	return oneOf("source", name, sourceNames(c))
}
