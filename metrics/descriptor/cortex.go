package descriptor

import (
	"cmp"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// cortexHosts are the code hosts that a cortex.yaml names, by key.
var cortexHosts = []struct{ key, host string }{
	{"github", "github.com"}, {"gitlab", "gitlab.com"}, {"bitbucket", "bitbucket.org"},
}

// cortex reads an OpenAPI document whose info describes an entity of Cortex. Documents that say nothing to Cortex are
// passed over.
func (r *reader) cortex(root *node) {
	top := r.mapping(root)
	info := r.mapping(top.value("info"))
	if at := len(info); at == 0 || !speaks(info) && !speaks(top) {
		return
	}
	info = append(info, top...) // older ones have some keys beside info
	tag := strings.TrimSpace(info.text("x-cortex-tag"))
	if tag == "" || templated(tag) {
		r.warn(root, "no entity: x-cortex-tag is missing or filled in by a template")
		r.file.LeftOut = r.file.LeftOut || tag == ""
		return
	}
	kind := strings.ToLower(cmp.Or(info.text("x-cortex-type"), "service"))
	if kind == "team" {
		kind = kindGroup
	}
	d := r.begin(plainRef(kind, tag), root)
	d.cortexFields(info)
	d.cortexSource(info)
	d.cortexTeam(info)
	d.end()
}

// speaks reports whether a key is one of Cortex's.
func speaks(m mapping) bool {
	for _, e := range m {
		if strings.HasPrefix(e.key.Value, "x-cortex-") {
			return true
		}
	}
	return false
}

// cortexFields sets the fields.
func (d *draft) cortexFields(info mapping) {
	d.text(metrics.FieldTitle, info, "title")
	d.text(metrics.FieldDescription, info, "description")
	d.text(metrics.FieldType, info, "x-cortex-type")
	d.list(metrics.FieldTags, info, "x-cortex-groups", "")
	d.list(metrics.FieldTags, info, "x-cortex-service-groups", "")
	d.list(metrics.FieldLinks, info, "x-cortex-link", "url")
	d.named(metrics.FieldDomain, info, "x-cortex-parents", "tag", "domain")
	d.named(metrics.FieldParent, info, "x-cortex-domain-parents", "tag", "domain")
	d.named(metrics.FieldDependsOn, info, "x-cortex-dependency", "tag", "service")
	d.cortexOwners(info)
	d.cortexMetadata(info)
}

// cortexOwners sets the owner: the names of groups and the addresses of people.
func (d *draft) cortexOwners(info mapping) {
	e, ok := info.get("x-cortex-owners")
	if !ok {
		return
	}
	var v reading
	for _, item := range items(e.value) {
		if !d.step() {
			return
		}
		owner := d.mapping(item)
		switch strings.ToLower(owner.text("type")) {
		case "group":
			d.cortexOwner(&v, owner.value("name"), Party{Ref: plainRef(kindGroup, owner.text("name"))})
		case "email":
			d.cortexOwner(&v, owner.value("email"), Party{Email: strings.TrimSpace(owner.text("email"))})
		case "slack": // a channel owns nothing
		default:
			d.warn(item, "owner of no known type, expected group or email")
		}
	}
	d.set(metrics.FieldOwner, e.value, v)
}

// cortexOwner adds an owner where it is told.
func (d *draft) cortexOwner(v *reading, n *node, p Party) {
	if text(n) == "" {
		return
	}
	v.add(n, text(n))
	if !templated(text(n)) {
		d.Owners = append(d.Owners, p)
	}
}

// cortexMetadata sets a field for each custom value, which may be a mapping of the value and its description.
func (d *draft) cortexMetadata(info mapping) {
	for _, e := range d.mapping(info.value("x-cortex-custom-metadata")) {
		value := e.value
		if inner, ok := d.mapping(e.value).get("value"); ok {
			value = inner.value
		}
		name := "property." + e.key.Value
		if key := strings.ToLower(e.key.Value); key == metrics.FieldLifecycle || key == metrics.FieldTier { // Cortex has none of its own
			name = key
		}
		d.set(name, value, d.values(value))
	}
}

// cortexSource says which repository an entity is about.
func (d *draft) cortexSource(info mapping) {
	git := d.mapping(info.value("x-cortex-git"))
	for _, h := range cortexHosts {
		at := d.mapping(git.value(h.key))
		name := at.value("repository")
		if to := d.slug(text(name), h.host, ""); to.Repo != "" {
			to.Path = at.text("basepath")
			d.about(name, to)
			return
		}
	}
	if d.Ref.Kind == "service" {
		d.Repo = d.file.Place.Repo
		d.Folder = d.home()
	}
}

// cortexTeam reads what a team is besides its fields.
func (d *draft) cortexTeam(info mapping) {
	if d.Ref.Kind != kindGroup {
		return
	}
	d.Team = &Team{Title: info.text("title")}
	for _, item := range items(d.mapping(info.value("x-cortex-team")).value("members")) {
		member := d.mapping(item)
		if email := member.text("email"); email != "" && d.step() {
			d.Team.Members = append(d.Team.Members, Party{Email: email, Name: member.text("name")})
		}
	}
	for _, item := range items(d.mapping(info.value("x-cortex-team")).value("groups")) {
		if name := d.mapping(item).text("name"); strings.Contains(name, "/") && d.step() {
			d.Team.Aliases = append(d.Team.Aliases, "@"+name)
		}
	}
}
