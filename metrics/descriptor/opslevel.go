package descriptor

import (
	"slices"
	"strings"
	"unicode"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// opsLevelKinds are the keys of a file that describe something, with the kind of what they describe where that has no type.
// OpsLevel called components services before they had types.
var opsLevelKinds = []struct{ key, kind string }{
	{"service", "service"}, {"component", "service"}, {"repository", "repository"}, {"team", kindGroup},
	{"system", "system"}, {"domain", "domain"},
}

// opsLevel reads one document of an opslevel.yml.
func (r *reader) opsLevel(root *node) {
	top := r.mapping(root)
	for _, k := range opsLevelKinds {
		for _, e := range top {
			if e.key.Value == k.key && r.step() {
				r.opsLevelThings(e, k.kind)
			}
		}
	}
}

// opsLevelThings reads what a key describes, one thing or a list of them.
func (r *reader) opsLevelThings(e entry, kind string) {
	for _, item := range items(e.value) {
		if resolve(item).Kind != yaml.MappingNode {
			r.leaveOut(item, "%s is no mapping", e.key.Value)
			continue
		}
		m := r.mapping(item)
		of := kind
		if name := opsLevelAlias(m.text("type")); kind == "service" && name != "" {
			of = name
		}
		ref, ok := r.opsLevelRef(m, of)
		if !ok {
			r.leaveOut(e.key, "%s has no name", e.key.Value)
			continue
		}
		d := r.begin(ref, e.key)
		d.opsLevelFields(m)
		d.opsLevelSource(m, kind)
		if kind == kindGroup {
			d.Team = &Team{Title: m.text("name")}
		}
		d.end()
	}
}

// opsLevelRef returns the reference of a thing: its name as OpsLevel makes an alias of it. A repository is called after
// itself where the file gives it no name.
func (r *reader) opsLevelRef(m mapping, kind string) (metrics.EntityRef, bool) {
	name := opsLevelAlias(m.text("name"))
	if repo := strings.Split(r.file.Place.Repo, "/"); kind == "repository" && name == "" && len(repo) > 2 {
		namespace := strings.Join(repo[1:len(repo)-1], ".")
		return metrics.EntityRef{Kind: kind, Namespace: namespace, Name: repo[len(repo)-1]}, true
	}
	return metrics.EntityRef{Kind: kind, Namespace: metrics.DefaultNamespace, Name: name}, name != "" && !templated(m.text("name"))
}

// opsLevelAlias returns the alias of a name: lower case, words joined by underscores.
func opsLevelAlias(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '-'
	})
	return strings.Join(words, "_")
}

// opsLevelNamed are the keys that do not become properties, as they have fields of their own or tell no value.
var opsLevelNamed = []string{"name", "description", "type", "owner", "lifecycle", "tier", "system", "domain", "parent", "tags",
	"tools", "dependencies", "repositories", "properties"}

// opsLevelFields sets the fields.
func (d *draft) opsLevelFields(m mapping) {
	d.text(metrics.FieldTitle, m, "name")
	d.text(metrics.FieldDescription, m, "description")
	d.text(metrics.FieldType, m, "type")
	d.text(metrics.FieldLifecycle, m, "lifecycle")
	d.text(metrics.FieldTier, m, "tier")
	d.named(metrics.FieldSystem, m, "system", "alias", "system")
	d.named(metrics.FieldDomain, m, "domain", "alias", "domain")
	d.named(metrics.FieldParent, m, "parent", "alias", d.Ref.Kind)
	d.named(metrics.FieldDependsOn, m, "dependencies", "alias", "service")
	d.list(metrics.FieldLinks, m, "tools", "url")
	d.opsLevelTags(m)
	d.each("property.", m, "properties")
	if e, ok := m.get("owner"); ok {
		d.single("owner", e.value)
		d.owners(e, named)
	}
	for _, e := range m {
		if key := e.key.Value; !slices.Contains(opsLevelNamed, key) {
			d.set("property."+key, e.value, d.values(e.value))
		}
	}
}

// opsLevelTags sets the tags, which have keys and values.
func (d *draft) opsLevelTags(m mapping) {
	e, ok := m.get("tags")
	if !ok {
		return
	}
	var v reading
	for _, item := range items(e.value) {
		if !d.step() {
			return
		}
		if tag := d.mapping(item); tag.text("key") != "" {
			v.add(item, tag.text("key")+":"+tag.text("value"))
		} else {
			v.add(item, text(item))
		}
	}
	d.set(metrics.FieldTags, e.value, v)
}

// opsLevelSource says which repository a thing is about: the first that it lists, else the one that holds the file.
func (d *draft) opsLevelSource(m mapping, kind string) {
	for _, item := range items(m.value("repositories")) {
		repo := d.mapping(item)
		host := opsLevelHost(repo.text("provider"))
		if to := d.slug(repo.text("name"), host, ""); to.Repo != "" && d.step() {
			to.Path = repo.text("path")
			d.about(repo.value("name"), to)
			return
		}
	}
	if kind == "service" || kind == "repository" {
		d.Repo = d.file.Place.Repo
	}
	if kind == "service" {
		d.Folder = d.home()
	}
}

// opsLevelHost returns the public host of a provider.
func opsLevelHost(provider string) string {
	switch strings.ToLower(provider) {
	case "gitlab":
		return "gitlab.com"
	case "bitbucket":
		return "bitbucket.org"
	}
	return "github.com"
}
