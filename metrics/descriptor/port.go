package descriptor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// portKinds are the kinds of the entities of blueprints that every installation begins with. Others are kinds themselves.
var portKinds = map[string]string{"service": "component", "_team": kindGroup, "_user": "user"}

// portFields are the properties and relations that are fields under their own name, as long as no mapping says otherwise.
var portFields = []string{
	metrics.FieldDescription, metrics.FieldType, metrics.FieldLifecycle, metrics.FieldTier, metrics.FieldSystem, metrics.FieldDomain,
	metrics.FieldParent, metrics.FieldTags, metrics.FieldLinks, metrics.FieldDependsOn, metrics.FieldProvides, metrics.FieldConsumes,
	metrics.FieldTemplate,
}

// portSources are the properties that hold a repository, the first that is there.
var portSources = []string{"source", "url", "repo", "repository", "github"}

// port reads one document of a port.yml: an entity or a list of them. Anything else is passed over.
func (r *reader) port(root *node) {
	for _, item := range items(root) {
		if !r.step() || resolve(item).Kind != yaml.MappingNode {
			continue
		}
		m := r.mapping(item)
		identifier, blueprint := strings.TrimSpace(m.text("identifier")), strings.ToLower(strings.TrimSpace(m.text("blueprint")))
		switch {
		case identifier == "" && blueprint == "":
		case identifier == "" || blueprint == "" || templated(identifier):
			r.warn(item, "no entity: it needs an identifier and a blueprint")
			r.file.LeftOut = r.file.LeftOut || !templated(identifier)
		default:
			r.portEntity(item, m, plainRef(cmp.Or(portKinds[blueprint], blueprint), identifier))
		}
	}
}

// portEntity reads an entity. A person has no fields.
func (r *reader) portEntity(n *node, m mapping, ref metrics.EntityRef) {
	d := r.begin(ref, n)
	defer d.end()
	if ref.Kind == "user" {
		d.Person = &Person{Name: m.text("title")}
		if isEmail(m.text("identifier")) {
			d.Person.Email = m.text("identifier")
		}
		return
	}
	d.text(metrics.FieldTitle, m, "title")
	if e, ok := m.get("team"); ok {
		d.owners(e, named)
	}
	properties := d.mapping(m.value("properties"))
	source := d.portSource(properties)
	for _, e := range slices.Concat(properties, d.mapping(m.value("relations"))) {
		if e.value != source {
			d.portValue(e)
		}
	}
	if ref.Kind == kindGroup {
		d.Team = &Team{Title: m.text("title")}
		return
	}
	if d.Repo == "" {
		d.Repo = r.file.Place.Repo
		d.Folder = d.home()
	}
}

// portSource sets the source, and says which repository an entity is about where that is on a host that is known. It returns
// the value that it took, nil where there is none.
func (d *draft) portSource(properties mapping) *node {
	for _, key := range portSources {
		e, ok := properties.get(key)
		if !ok {
			continue
		}
		d.set(metrics.FieldSource, e.value, d.values(e.value))
		own, _, _ := strings.Cut(d.file.Place.Repo, "/")
		at, ok := webPlace(text(e.value))
		if host, _, _ := strings.Cut(at.Repo, "/"); ok && slices.Contains([]string{own, "github.com", "gitlab.com", "bitbucket.org"}, host) {
			d.Repo, d.Folder = at.Repo, folder(at.Path)
		}
		return e.value
	}
	return nil
}

// portValue sets a property or relation. A value that begins with file:// stands for the content of a file.
func (d *draft) portValue(e entry) {
	key, name := e.key.Value, "property."+e.key.Value
	v := d.values(e.value)
	for _, value := range v.values {
		v.unresolved = v.unresolved || strings.HasPrefix(value, "file://")
	}
	if slices.Contains(portFields, key) {
		name = key
	}
	if !v.unresolved && (key == metrics.FieldSystem || key == metrics.FieldDomain) {
		for i, value := range v.values {
			v.values[i] = plainRef(key, value).String()
		}
	}
	d.set(name, e.value, v)
}
