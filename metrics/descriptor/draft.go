package descriptor

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// place is where a value is written.
type place struct {
	line, column int
	form         form
	text         string // of a plain value
}

// form is how a value is written.
type form uint8

const (
	plain  form = iota
	null        // nothing, ~ or null
	single      // in single quotes
	double
	block   // | or >
	alias   // *name
	listing // a list that holds no value
	other
)

// placeOf returns where and how a node is written.
func placeOf(n *node) place {
	p := place{line: n.Line, column: n.Column, form: other}
	switch {
	case n.Kind == yaml.AliasNode:
		p.form, p.text = alias, n.Value
	case n.Kind == yaml.SequenceNode:
		p.form = listing
	case n.Kind != yaml.ScalarNode:
	case n.Style&yaml.DoubleQuotedStyle != 0:
		p.form = double
	case n.Style&yaml.SingleQuotedStyle != 0:
		p.form = single
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		p.form = block
	case n.Tag == "!!null":
		p.form, p.text = null, n.Value
	default:
		p.form, p.text = plain, n.Value
	}
	return p
}

// reading is what a value of a field was found to be.
type reading struct {
	values     []string
	places     []place // one for each value; that of the key's value where there is none
	unresolved bool
}

// maxText is how long a value may be to be kept as it is. Longer ones are documents, such as the definition of an API: they
// are told by a hash, which changes when they do.
const maxText = 4 << 10

// add adds a value; a blank one is none.
func (v *reading) add(n *node, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	v.unresolved = v.unresolved || templated(value)
	if len(value) > maxText {
		value = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(value)))
	}
	v.values = append(v.values, value)
	v.places = append(v.places, placeOf(n))
}

// templated reports whether a value is still to be filled in by a template: the file is part of one.
func templated(value string) bool {
	return strings.Contains(value, "${{") || strings.Contains(value, "{{cookiecutter") || strings.Contains(value, "{{ cookiecutter")
}

// kindGroup is the kind of teams, whatever portals call them.
const kindGroup = "group"

// draft is an entity that is being read.
type draft struct {
	*reader
	Entity
}

// begin begins an entity that is described by the mapping at a node.
func (r *reader) begin(ref metrics.EntityRef, at *node) *draft {
	d := &draft{reader: r}
	d.Ref, d.Descriptor, d.Begin = ref, r.file.Place, at.Line
	d.places = map[string][]place{}
	return d
}

// end adds the entity to the file.
func (d *draft) end() {
	slices.SortFunc(d.Fields, func(a, b metrics.EntityField) int { return cmp.Compare(a.Name, b.Name) })
	d.file.Entities = append(d.file.Entities, d.Entity)
}

// set sets a field unless it is there: the first of a name holds. n is what is written behind its key.
func (d *draft) set(name string, n *node, v reading) {
	if _, again := d.places[name]; again || name == "" {
		return
	}
	if len(v.places) == 0 {
		v.places = []place{placeOf(n)}
	}
	d.places[name] = v.places
	d.Fields = append(d.Fields, metrics.EntityField{Name: name, Values: v.values, Unresolved: v.unresolved})
}

// text sets a field that is a text or, for want of one, what is written in its place.
func (d *draft) text(name string, m mapping, key string) {
	if e, ok := m.get(key); ok {
		d.single(key, e.value)
		d.set(name, e.value, d.values(e.value))
	}
}

// single warns of a value that is no text.
func (d *draft) single(key string, n *node) {
	switch at := resolve(n); {
	case at.Kind == yaml.SequenceNode:
		d.warn(n, "%s is a list, expected a text", key)
	case at.Kind == yaml.MappingNode && placeholder(at) == "":
		d.warn(n, "%s is a mapping, expected a text", key)
	}
}

// each sets a field for each key of a mapping.
func (d *draft) each(prefix string, m mapping, key string) {
	e, ok := m.get(key)
	if !ok {
		return
	}
	if at := resolve(e.value); at.Kind == yaml.SequenceNode || at.Kind == yaml.ScalarNode && at.Tag != "!!null" {
		d.warn(e.value, "%s is no mapping", key)
	}
	if p := placeholder(resolve(e.value)); p != "" {
		d.warn(e.value, "%s stand in another file, which is not read: %s", key, p)
		return
	}
	for _, inner := range d.mapping(e.value) {
		d.set(prefix+inner.key.Value, inner.value, d.values(inner.value))
	}
}

// list sets a field from a list of texts, or of mappings that have the text under a key.
func (d *draft) list(name string, m mapping, key, inner string) {
	e, ok := m.get(key)
	if !ok {
		return
	}
	if placeholder(resolve(e.value)) != "" {
		d.set(name, e.value, d.values(e.value))
		return
	}
	var v reading
	for _, item := range items(e.value) {
		if !d.step() {
			return
		}
		if at := resolve(item); at.Kind == yaml.MappingNode {
			item = d.mapping(at).value(inner)
		}
		if item != nil {
			v.add(item, text(item))
		}
	}
	d.set(name, e.value, v)
}

// refs sets a field that is one reference or many, in full. Those that cannot be read stay as they were typed.
func (d *draft) refs(name string, e entry, kind string) {
	v := d.values(e.value)
	for i, value := range v.values {
		if ref, ok := d.ref(value, kind); ok {
			v.values[i] = ref.String()
		} else if !v.unresolved {
			d.warnAt(v.places[i].line, v.places[i].column, "%s: %q is no reference", e.key.Value, value)
		}
	}
	d.set(name, e.value, v)
}

// ref reads a reference from the entity, without secrets in it: in lower case they are not known for such any more.
func (d *draft) ref(value, kind string) (metrics.EntityRef, bool) {
	ref, err := metrics.ParseEntityRef(metrics.WithoutSecrets(strings.TrimSpace(value)), kind, d.Ref.Namespace)
	return ref, err == nil && !templated(value)
}

// owners sets the owner and says who is meant by each of its values, where that can be read.
func (d *draft) owners(e entry, read func(value string) (Party, bool)) {
	if _, again := d.places[metrics.FieldOwner]; again {
		return
	}
	v := d.values(e.value)
	d.set(metrics.FieldOwner, e.value, v)
	for i, value := range v.values {
		if v.unresolved {
			return
		}
		if p, ok := read(value); ok {
			d.Owners = append(d.Owners, p)
		} else {
			d.warnAt(v.places[i].line, v.places[i].column, "owner %q is no reference", value)
		}
	}
}

// named sets a field from one name or a list of names, as texts or as mappings that have them under a key.
func (d *draft) named(name string, m mapping, key, inner, kind string) {
	before := len(d.Fields)
	d.list(name, m, key, inner)
	if len(d.Fields) == before {
		return
	}
	for i, value := range d.Fields[before].Values {
		d.Fields[before].Values[i] = plainRef(kind, value).String()
	}
}

// plainRef returns the reference of what a catalog without namespaces calls by a name, whatever its characters but for secrets.
func plainRef(kind, name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: kind, Namespace: metrics.DefaultNamespace, Name: strings.ToLower(metrics.WithoutSecrets(strings.TrimSpace(name)))}
}

// named reads who is meant in a catalog without namespaces: a person by an e-mail, else a team.
func named(value string) (Party, bool) {
	if value = strings.TrimSpace(value); isEmail(value) {
		return Party{Email: value}, true
	}
	return Party{Ref: plainRef(kindGroup, value)}, true
}

// party reads who is meant by a text.
func (d *draft) party(value, kind string) (Party, bool) {
	value = strings.TrimSpace(value)
	if email := strings.TrimPrefix(value, "mailto:"); isEmail(email) {
		return Party{Email: email}, true
	}
	ref, ok := d.ref(value, kind)
	return Party{Ref: ref}, ok
}

// isEmail reports whether a text is the address of somebody rather than a reference.
func isEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, ":/ \t<>")
}

// values reads what is written as the value of a field.
func (r *reader) values(n *node) (v reading) {
	at := resolve(n)
	switch at.Kind {
	case yaml.ScalarNode:
		v.add(n, text(at))
	case yaml.MappingNode:
		if p := placeholder(at); p != "" {
			v.add(n, p)
			v.unresolved = true
		} else {
			v.add(n, r.compact(at))
		}
	case yaml.SequenceNode:
		for _, item := range at.Content {
			if inner := resolve(item); inner.Kind == yaml.ScalarNode {
				v.add(item, text(inner))
			} else {
				v.add(item, r.compact(inner))
			}
		}
	}
	return v
}

// placeholders stand for the content of another file.
var placeholders = []string{"$text", "$json", "$yaml", "$openapi", "$asyncapi"}

// placeholder returns a mapping that stands for the content of another file as text, "" for any other mapping.
func placeholder(n *node) string {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || !slices.Contains(placeholders, n.Content[0].Value) {
		return ""
	}
	return n.Content[0].Value + ": " + text(n.Content[1])
}

// compact returns a value of any shape as one text, so that a change of it is seen.
func (r *reader) compact(n *node) string {
	var b strings.Builder
	r.write(&b, n, nil)
	return b.String()
}

// write writes a value in one line. It ends early where aliases expand too far. around are the values that it is in.
func (r *reader) write(b *strings.Builder, n *node, around []*node) {
	n = resolve(n)
	if !r.step() || len(around) > maxDepth || slices.Contains(around, n) {
		return
	}
	around = append(around, n)
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		ends, between := "[]", []string{", ", ", "}
		if n.Kind == yaml.MappingNode {
			ends, between = "{}", []string{", ", ": "}
		}
		b.WriteByte(ends[0])
		for i, child := range n.Content {
			if i > 0 {
				b.WriteString(between[i%2])
			}
			r.write(b, child, around)
		}
		b.WriteByte(ends[1])
	default:
		b.WriteString(text(n))
	}
}
