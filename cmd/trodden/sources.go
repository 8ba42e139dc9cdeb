package main

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/metrics"
)

// surroundings is what sources are made with.
type surroundings struct {
	watch  metrics.WatchSet
	people *collectors.People
	now    func() metrics.Instant
	log    *slog.Logger
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
	}
}

func openGit(s config.Source, around surroundings) (collectors.Source, error) {
	return git.New(git.Config{
		Name: s.Name, Dirs: s.Git.Dirs, Branch: s.Git.Branch, Fetch: s.Git.Fetch, Watch: around.watch,
		People: around.people, Now: around.now, Log: around.log,
	})
}

// openSources makes the configured sources, or only the one of the given name.
func openSources(c *config.Config, only string, around surroundings) ([]collectors.Source, error) {
	var list []collectors.Source
	for _, s := range c.Sources {
		if only != "" && s.Name != only {
			continue
		}
		source, err := openSource(s, around)
		if err != nil {
			return nil, err
		}
		list = append(list, source)
	}
	return list, nil
}

func openSource(s config.Source, around surroundings) (collectors.Source, error) {
	kinds := sourceKinds()
	i := slices.IndexFunc(kinds, func(k sourceKind) bool { return k.kind == s.Kind })
	if i < 0 {
		return nil, fmt.Errorf("%s:%d:%d: this build has no source for %s yet; scan the others with --source NAME: %w",
			s.At.File, s.At.Line, s.At.Column, s.Kind, metrics.ErrUnavailable)
	}
	source, err := kinds[i].open(s, around)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", s.Name, err)
	}
	return source, nil
}

// knowsSource refuses the name of a source that there is not. No name means all of them.
func knowsSource(c *config.Config, name string) error {
	return oneOf("source", name, sourceNames(c))
}
