package config

import (
	"maps"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// names are what can be referred to in a configuration.
type names struct {
	paths, teams, groups map[string]bool
}

// reference is the name of something else in the file: of what, and where those that exist are found once
// all has been read.
func reference[T ~string](what string, refer func(d *decoder, n ast.Node, name string)) shape[T] {
	s := name[T](what)
	return shape[T]{schema: s.schema, read: func(d *decoder, n ast.Node, into *T) {
		s.read(d, n, into)
		if name := string(*into); name != "" {
			d.later(func() { refer(d, d.value(n), name) })
		}
	}}
}

// toPath demands that the path exists.
func toPath(d *decoder, n ast.Node, name string) {
	if !d.known.paths[name] {
		d.problemf(n, "no path has the key %s, %s", quote(name), known(name, d.known.paths, "a path of paths"))
	}
}

// toTeam demands that the team exists, if teams are listed at all: otherwise they are only known from
// CODEOWNERS, catalogs and hosts.
func toTeam(d *decoder, n ast.Node, name string) {
	switch {
	case d.known.teams[name]:
	case len(d.known.teams) > 0:
		d.problemf(n, "no team has the key %s, %s", quote(name), known(name, d.known.teams, "a team of teams.list"))
	default:
		maybeTeam(d, n, name)
	}
}

// maybeTeam warns where no listed team has the name, at the first place that has it.
func maybeTeam(d *decoder, n ast.Node, name string) {
	if !d.known.teams[name] {
		d.warn(n, "the team %s is not in teams.list: it counts only if CODEOWNERS, a catalog or the host names it so", quote(name))
	}
}

// toGroup demands that the group is listed, or that a listed team belongs to it.
func toGroup(d *decoder, n ast.Node, name string) {
	if !d.known.groups[name] {
		d.problemf(n, "there is no group %s, %s", quote(name), known(name, d.known.groups, "a group of teams.groups, or that of a team in teams.list"))
	}
}

// known says what was expected of a reference.
func known(name string, there map[string]bool, otherwise string) string {
	if len(there) == 0 {
		return "expected " + otherwise
	}
	return expected(name, slices.Collect(maps.Keys(there)))
}
