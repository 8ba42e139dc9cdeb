package freshness

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Duplicate is something that several entities claim.
type Duplicate struct {
	Repo string // of what lies in one place: the repository, or the folder in it, in the manner of metrics.UnitName
	Name string // of what has one name: that name, kind:name; then they lie in different repositories
	Refs []metrics.EntityRef
}

// duplicates finds entities of one kind for one repository or folder, and entities of one kind and name, in different
// namespaces, for different repositories.
func duplicates(entities []Judged, x *index) []Duplicate {
	type key struct{ kind, repo, folder, name string }
	claims := map[key][]*Judged{}
	for i := range entities {
		if e := &entities[i]; e.Counted && e.Repo != "" {
			place, name := key{kind: e.Ref.Kind, repo: x.newest(e.Repo), folder: e.Folder}, key{kind: e.Ref.Kind, name: e.Ref.Name}
			claims[place], claims[name] = append(claims[place], e), append(claims[name], e)
		}
	}
	var list []Duplicate
	for k, of := range claims {
		switch {
		case len(of) < 2:
		case k.name == "":
			list = append(list, Duplicate{Repo: metrics.UnitName(k.repo, k.folder), Refs: refs(of)})
		case slices.ContainsFunc(of, func(e *Judged) bool { return x.newest(e.Repo) != x.newest(of[0].Repo) }):
			list = append(list, Duplicate{Name: k.kind + ":" + k.name, Refs: refs(of)})
		}
	}
	slices.SortFunc(list, func(a, b Duplicate) int {
		return cmp.Or(strings.Compare(a.Repo, b.Repo), strings.Compare(a.Name, b.Name), strings.Compare(a.Refs[0].Kind, b.Refs[0].Kind))
	})
	return list
}

func refs(of []*Judged) []metrics.EntityRef {
	list := make([]metrics.EntityRef, len(of))
	for i, e := range of {
		list[i] = e.Ref
	}
	slices.SortFunc(list, func(a, b metrics.EntityRef) int { return strings.Compare(a.String(), b.String()) })
	return list
}
