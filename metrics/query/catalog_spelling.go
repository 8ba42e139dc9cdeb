package query

import (
	"context"
	_ "embed"
	"strings"

	"github.com/trodden/trodden/metrics"
)

//go:embed catalog_spellings.sql
var catalogSpellingsSQL string

// spelling is how things in a catalog spell a team.
type spelling struct {
	text      string
	namespace string // of those things
	times     uint64 // how many they are
}

// spellings returns how each team is spelled in each catalog, what is used most first.
func spellings(ctx context.Context, db DB) (map[teamIn][]spelling, error) {
	type row struct {
		Source    string `ch:"source"`
		Team      string `ch:"team"`
		Text      string `ch:"text"`
		Namespace string `ch:"namespace"`
		Times     uint64 `ch:"times"`
	}
	rows, err := ask[row](ctx, db, "how catalogs spell teams", catalogSpellingsSQL, map[string]any{"owner": metrics.FieldOwner})
	if err != nil {
		return nil, err
	}
	all := map[teamIn][]spelling{}
	for _, r := range rows {
		if text := strings.TrimSpace(r.Text); text != "" && !metrics.IsPerson(text) && !strings.ContainsAny(text, ",;#") {
			key := teamIn{r.Source, metrics.TeamKey(r.Team)}
			all[key] = append(all[key], spelling{text, r.Namespace, r.Times})
		}
	}
	return all, nil
}

// form is a way in which owners are written.
type form uint8

const (
	byName      form = iota // pay
	byNamespace             // default/pay
	byKind                  // group:pay
	byRef                   // group:default/pay
	byHandle                // @acme/pay
)

// formOf returns how an owner is written.
func formOf(owner string) form {
	kind, space := strings.Contains(owner, ":"), strings.Contains(owner, "/")
	switch {
	case strings.HasPrefix(owner, "@"):
		return byHandle
	case kind && space:
		return byRef
	case kind:
		return byKind
	case space:
		return byNamespace
	}
	return byName
}

// leaves reports whether a form leaves the namespace to who names the owner.
func (f form) leaves() bool { return f == byName || f == byKind }

// nameIn returns the name that a spelling ends in.
func nameIn(owner string) string {
	return strings.TrimPrefix(owner[strings.LastIndexAny(owner, ":/")+1:], "@")
}

// spelled returns how a team is to be written in the place of an owner, by a thing in a namespace: as others write it in the
// same form; else by its key, in that form; else, where others call it by another name, as most of them do.
func spelled(team metrics.TeamKey, old, namespace string, names []spelling) string {
	old = strings.TrimSpace(old)
	was := formOf(old)
	other := metrics.IsPerson(old) || metrics.IsThing(old) // and no team
	var fit []string
	for _, s := range names {
		f := formOf(s.text)
		if f.leaves() && s.namespace != namespace {
			continue
		}
		if f == was && !other {
			return s.text
		}
		fit = append(fit, s.text)
	}
	called := len(fit) == 0
	for _, text := range fit {
		called = called || strings.EqualFold(nameIn(text), string(team))
	}
	switch {
	case !called || other && len(fit) > 0:
		return fit[0]
	case other:
		return inThePlaceOf(old, string(team))
	}
	return old[:len(old)-len(nameIn(old))] + string(team)
}

// inThePlaceOf writes a team as a reference where a person or a thing is referred to, else by its name.
func inThePlaceOf(other, team string) string {
	kind, rest, typed := strings.Cut(other, ":")
	if !typed || strings.Contains(other, "://") || strings.Contains(rest, ":") { // an address is no reference
		return team
	}
	kind = map[string]string{"_user": "_team"}[strings.ToLower(kind)]
	if kind == "" {
		kind = "group"
	}
	if namespace, _, ok := strings.Cut(rest, "/"); ok {
		return kind + ":" + namespace + "/" + team
	}
	return kind + ":" + team
}
