package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/trodden/trodden/metrics"
)

// PortBlueprint says of one blueprint what its entities are, and which of their properties and relations are which fields.
type PortBlueprint struct {
	Blueprint string // its identifier in Port
	Kind      string // component, system, …; the identifier where empty
	// Fields tell which property, relation, $identifier, $title or $team a field is, by the name of the field (owner,
	// lifecycle, tier, type, source, system, …). What they do not name is taken from the property or the relation of the same
	// name, owner from $team, title from $title, and source from url, repo, repository or github; the rest are fields
	// under names of their own: property.NAME.
	Fields map[string]string
}

// portBlueprint is a blueprint as Port tells of it.
type portBlueprint struct {
	Identifier string `json:"identifier"`
	Schema     struct {
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"schema"`
	Relations map[string]struct {
		Target string `json:"target"`
		Many   bool   `json:"many"`
	} `json:"relations"`

	Mirrors      map[string]json.RawMessage `json:"mirrorProperties"`
	Calculations map[string]json.RawMessage `json:"calculationProperties"`
	Aggregations map[string]json.RawMessage `json:"aggregationProperties"`
}

// names are all that a field can be.
func (b *portBlueprint) names() []string {
	names := []string{"$identifier", "$title", "$team"}
	for _, set := range []map[string]json.RawMessage{b.Schema.Properties, b.Mirrors, b.Calculations, b.Aggregations} {
		names = slices.AppendSeq(names, maps.Keys(set))
	}
	names = slices.AppendSeq(names, maps.Keys(b.Relations))
	slices.Sort(names)
	return slices.Compact(names)
}

// portPlan is how the entities of a blueprint are read.
type portPlan struct {
	blueprint string
	kind      string
	fields    map[string]string // names of fields, by what they are in Port
	targets   map[string]string // kinds of what relations lead to, by relation
}

// plansOf makes plans of a mapping. It fails for blueprints and properties that do not exist, and names those that are like
// them.
func plansOf(mapping []PortBlueprint, blueprints map[string]portBlueprint) ([]*portPlan, error) {
	kinds := map[string]string{"_team": kindGroup, "_user": kindUser}
	for _, m := range mapping {
		kinds[m.Blueprint] = cmp.Or(m.Kind, m.Blueprint)
	}
	var plans []*portPlan
	for _, m := range mapping {
		b, ok := blueprints[m.Blueprint]
		if !ok {
			return nil, fmt.Errorf("Port has no blueprint %q%s: %w", m.Blueprint, nearby(m.Blueprint, slices.Collect(maps.Keys(blueprints))), metrics.ErrInvalid)
		}
		plan, err := planOf(m, &b, kinds)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

func planOf(m PortBlueprint, b *portBlueprint, kinds map[string]string) (*portPlan, error) {
	plan := &portPlan{blueprint: b.Identifier, kind: kinds[b.Identifier], fields: map[string]string{}, targets: map[string]string{}}
	names := b.names()
	for _, field := range slices.Sorted(maps.Keys(m.Fields)) {
		from := m.Fields[field]
		if !slices.Contains(names, from) {
			return nil, fmt.Errorf("field %s of blueprint %q: it has no property or relation %q%s: %w", field, b.Identifier, from, nearby(from, names), metrics.ErrInvalid)
		}
		plan.fields[from] = field
	}
	plan.assume(b)
	for name, relation := range b.Relations {
		plan.targets[name] = cmp.Or(kinds[relation.Target], relation.Target)
	}
	return plan, nil
}

// assume fills in what the mapping does not say. What Port calculates is no field, nor is what trodden wrote: nobody fills it.
func (p *portPlan) assume(b *portBlueprint) {
	filled := slices.Collect(maps.Values(p.fields))
	own := slices.DeleteFunc(slices.AppendSeq(slices.Collect(maps.Keys(b.Schema.Properties)), maps.Keys(b.Relations)), isOurs)
	slices.Sort(own)
	add := func(field string, candidates ...string) {
		for _, from := range candidates {
			if _, taken := p.fields[from]; !taken && !slices.Contains(filled, field) && (strings.HasPrefix(from, "$") || slices.Contains(own, from)) {
				p.fields[from] = field
				filled = append(filled, field)
			}
		}
	}
	add(metrics.FieldOwner, "$team")
	add(metrics.FieldTitle, "$title")
	add(metrics.FieldSource, "source", "url", "repo", "repository", "github")
	for _, field := range []string{
		metrics.FieldDescription, metrics.FieldType, metrics.FieldLifecycle, metrics.FieldTier, metrics.FieldSystem, metrics.FieldDomain, metrics.FieldParent,
		metrics.FieldTags, metrics.FieldLinks, metrics.FieldDependsOn, metrics.FieldProvides, metrics.FieldConsumes, metrics.FieldTemplate,
	} {
		add(field, field)
	}
	for _, from := range own {
		add("property."+from, from)
	}
}

// include are the parts of entities that are asked for. Scorecards and what nobody fills stay away, which saves most of
// what large catalogs would send.
func (p *portPlan) include() []string {
	parts := slices.AppendSeq([]string{"$identifier", "$title", "$team", "$updatedAt", "$updatedBy"}, maps.Keys(p.fields))
	slices.Sort(parts)
	return slices.Compact(parts)
}

// values are what an entity has in a property or relation; of relations references.
func (p *portPlan) values(e *portEntity, from string) []string {
	switch from {
	case "$identifier":
		return e.Identifier
	case "$title":
		return e.Title
	case "$team":
		return e.Team
	}
	if kind, ok := p.targets[from]; ok {
		return p.related(e.Relations[from], kind, p.fields[from])
	}
	return e.Properties[from]
}

// related are references of what a relation leads to. An owner stays what it is called, and so does a repository.
func (p *portPlan) related(names []string, kind, field string) []string {
	if field == metrics.FieldOwner || field == metrics.FieldSource {
		return names
	}
	refs := make([]string, len(names))
	for i, name := range names {
		refs[i] = refOf(kind, name).String()
	}
	return refs
}

// manyNames is the number of names above which only the nearest are told.
const manyNames = 8

// nearby tells, for an error about a name that does not exist, which ones do.
func nearby(name string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	distance := func(of string) int { return levenshtein.Distance(strings.ToLower(name), strings.ToLower(of), nil) }
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(distance(a)-distance(b), strings.Compare(a, b)) })
	if len(names) > manyNames {
		return ", the nearest are " + strings.Join(names[:3], ", ")
	}
	return ", there is " + strings.Join(names, ", ")
}
