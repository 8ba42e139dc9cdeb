package descriptor

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// kinds are those of entities in Backstage. Installations may have more, whose apiVersion then names backstage.io.
var kinds = []string{"component", "api", "system", "domain", "resource", "group", "user", "template", "location"}

// specFields says what the keys of a spec mean. Those that are references have the kind that they may leave out.
var specFields = map[string]struct{ field, kind string }{
	"type":           {metrics.FieldType, ""},
	"lifecycle":      {metrics.FieldLifecycle, ""},
	"system":         {metrics.FieldSystem, "system"},
	"domain":         {metrics.FieldDomain, "domain"},
	"parent":         {metrics.FieldParent, kindGroup},
	"subcomponentOf": {metrics.FieldParent, "component"},
	"subdomainOf":    {metrics.FieldParent, "domain"},
	"providesApis":   {metrics.FieldProvides, "api"},
	"consumesApis":   {metrics.FieldConsumes, "api"},
}

// backstage reads one document of a catalog file.
func (r *reader) backstage(root *node) {
	top := r.mapping(root)
	if resolve(root).Kind == yaml.ScalarNode && text(root) == "" {
		return
	}
	kind := strings.ToLower(top.text("kind"))
	version := top.text("apiVersion")
	if kind == "" {
		r.warn(root, "no entity: it has no kind")
		r.file.LeftOut = r.file.LeftOut || strings.Contains(version, "backstage.io/")
		return
	}
	switch {
	case version == "" && slices.Contains(kinds, kind):
		r.warn(root, "apiVersion is missing: the portal refuses the entity")
	case !strings.Contains(version, "backstage.io/"):
		r.warn(top.value("kind"), "no entity: kind %s of %q is none of a catalog", kind, version)
		return
	}
	if kind == "location" {
		r.location(r.mapping(top.value("spec")))
		return
	}
	r.backstageEntity(root, top, kind)
}

// backstageEntity reads an entity.
func (r *reader) backstageEntity(root *node, top mapping, kind string) {
	metadata := r.mapping(top.value("metadata"))
	ref, ok := r.backstageRef(root, metadata, kind)
	if !ok {
		return
	}
	d := r.begin(ref, root)
	if spec := r.mapping(top.value("spec")); kind == "user" {
		d.user(metadata, spec)
	} else {
		d.metadata(metadata)
		d.spec(top.value("spec"), spec)
		d.team(metadata, spec)
		d.source(r.mapping(metadata.value("annotations")))
	}
	d.end()
}

// backstageRef returns the reference of an entity, which needs a name of its own.
func (r *reader) backstageRef(root *node, metadata mapping, kind string) (metrics.EntityRef, bool) {
	name, namespace := metadata.text("name"), metadata.text("namespace")
	if name == "" {
		r.leaveOut(root, "metadata.name is missing or no text")
		return metrics.EntityRef{}, false
	}
	if strings.ContainsAny(name+namespace, "{}$:/") {
		r.warn(metadata.value("name"), "no entity: metadata.name %sis filled in by a template or no name", quoted(kind, name))
		r.file.LeftOut = r.file.LeftOut || !strings.Contains(name+namespace, "{")
		return metrics.EntityRef{}, false
	}
	ref, err := metrics.ParseEntityRef(metrics.WithoutSecrets(name), kind, cmp.Or(namespace, metrics.DefaultNamespace))
	if err != nil {
		r.leaveOut(metadata.value("name"), "metadata.name %sis no name", quoted(kind, name))
		return metrics.EntityRef{}, false
	}
	return ref, true
}

// quoted is a name as warnings quote it, with a space behind it. Nobody's is.
func quoted(kind, name string) string {
	if kind == "user" {
		return ""
	}
	return strconv.Quote(name) + " "
}

// metadata sets the fields that all entities have.
func (d *draft) metadata(m mapping) {
	d.text(metrics.FieldTitle, m, "title")
	d.text(metrics.FieldDescription, m, "description")
	d.list(metrics.FieldTags, m, "tags", "")
	d.list(metrics.FieldLinks, m, "links", "url")
	d.each("annotation.", m, "annotations")
	d.each("label.", m, "labels")
	if e, ok := d.mapping(m.value("annotations")).get("backstage.io/source-template"); ok {
		d.refs(metrics.FieldTemplate, e, "template")
	}
}

// spec sets the fields of a spec. One that stands in another file leaves the fields of its kind unresolved.
func (d *draft) spec(n *node, spec mapping) {
	if n == nil {
		return
	}
	if p := placeholder(resolve(n)); p != "" {
		for _, field := range []string{metrics.FieldOwner, metrics.FieldLifecycle, metrics.FieldType} {
			d.set(field, n, reading{values: []string{p}, unresolved: true})
		}
		return
	}
	if resolve(n).Kind != yaml.MappingNode {
		d.warn(n, "spec is no mapping")
	}
	for _, e := range spec {
		d.specField(e)
	}
}

// specField sets the field of one key of a spec.
func (d *draft) specField(e entry) {
	key := e.key.Value
	known, ok := specFields[key]
	switch {
	case key == "owner":
		d.single("spec.owner", e.value)
		d.owners(e, func(value string) (Party, bool) { return d.party(value, kindGroup) })
	case key == "members", key == "profile": // see Team
	case key == "dependsOn":
		d.refs(metrics.FieldDependsOn, e, "")
	case !ok:
		d.set("property."+key, e.value, d.values(e.value))
	case known.kind != "":
		d.refs(known.field, e, known.kind)
	default:
		d.single("spec."+key, e.value)
		d.set(known.field, e.value, d.values(e.value))
	}
}

// team reads what a group is besides its fields.
func (d *draft) team(metadata, spec mapping) {
	if d.Ref.Kind != kindGroup {
		return
	}
	annotations, profile := d.mapping(metadata.value("annotations")), d.mapping(spec.value("profile"))
	d.Team = &Team{Title: cmp.Or(metadata.text("title"), profile.text("displayName"))}
	if parent, ok := d.ref(spec.text("parent"), kindGroup); ok {
		d.Team.Parent = parent
	}
	if slug := annotations.text("github.com/team-slug"); slug != "" {
		d.Team.Aliases = []string{"@" + strings.TrimPrefix(slug, "@")}
	}
	for _, member := range items(spec.value("members")) {
		if p, ok := d.party(text(member), "user"); ok {
			d.Team.Members = append(d.Team.Members, p)
		}
	}
}

// user reads a person. A person has no fields: nothing of it may get into those that are kept.
func (d *draft) user(metadata, spec mapping) {
	profile := d.mapping(spec.value("profile"))
	d.Person = &Person{Name: cmp.Or(profile.text("displayName"), metadata.text("title")), Email: profile.text("email")}
	for _, e := range d.mapping(metadata.value("annotations")) {
		if strings.HasSuffix(e.key.Value, "/user-login") && text(e.value) != "" {
			d.Person.Logins = append(d.Person.Logins, text(e.value))
		}
	}
	for _, team := range items(spec.value("memberOf")) {
		if ref, ok := d.ref(text(team), kindGroup); ok {
			d.Person.In = append(d.Person.In, ref)
		}
	}
}
