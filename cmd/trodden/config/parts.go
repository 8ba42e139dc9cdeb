package config

import (
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Parts says what is left out of all that a code host tells beside files, and how far back it is read.
type Parts struct {
	NoRuns        bool
	NoReruns      bool // of GitHub
	NoPulls       bool
	NoDeployments bool
	NoTeams       bool
	NoPolicies    bool
	NoReleases    bool
	Since         time.Duration // 0 for the default
}

// partKeys are the keys of Parts among those of a source.
func partKeys[T any](at func(*T) *Parts) []field[T] {
	off := func(name, doc string, of func(*Parts) *bool) field[T] {
		return key(name, doc+"; default: true.", unless(), func(t *T) *bool { return of(at(t)) })
	}
	return []field[T]{
		off("runs", "Read which pipelines ran, and what they used", func(p *Parts) *bool { return &p.NoRuns }),
		off("reruns", "Read of runs that were attempted again how they ended before, each of which is a request; GitLab has no such runs", func(p *Parts) *bool { return &p.NoReruns }),
		off("pulls", "Read which changes were proposed and merged", func(p *Parts) *bool { return &p.NoPulls }),
		off("deployments", "Read what was deployed where", func(p *Parts) *bool { return &p.NoDeployments }),
		off("teams", "Read teams with their members, and which repositories they were given", func(p *Parts) *bool { return &p.NoTeams }),
		off("policies", "Read what the host makes run in repositories of its own accord", func(p *Parts) *bool { return &p.NoPolicies }),
		off("releases", "Read the tags of the repositories that provide paths", func(p *Parts) *bool { return &p.NoReleases }),
		key("since", "How far back pipelines and deployments are read the first time; default: 90d.", duration(), func(t *T) *time.Duration { return &at(t).Since }),
	}
}

// unless is true or false, of which the opposite is kept: what is not said is true.
func unless() shape[bool] {
	f := flag()
	return shape[bool]{schema: f.schema, read: func(d *decoder, n ast.Node, into *bool) {
		said := !*into
		f.read(d, n, &said)
		*into = !said
	}}
}
