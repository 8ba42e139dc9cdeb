package githubtest

import (
	"maps"
	"slices"
)

// Patterns lists the patterns of all routes.
func Patterns() []string {
	var all []string
	for _, rt := range allRoutes() {
		all = append(all, rt.pattern)
	}
	return all
}

// GraphFields lists the fields that the peer has of GraphQL, by type.
func GraphFields() map[string][]string {
	all := map[string][]string{}
	for kind, fields := range graphTypes() {
		all[kind] = slices.Sorted(maps.Keys(fields))
	}
	return all
}

// HasField says whether GitHub's schema has a field.
func (p *Peer) HasField(kind, field string) bool {
	def := p.graph.Schema.Types[kind]
	return def != nil && def.Fields.ForName(field) != nil
}
