package freshness

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Idle is a team that is said to own a place where it did nothing for 180 days, and others did lately.
type Idle struct {
	Repo, Folder string // by the name that the repository has now; "" for all of it
	Team         metrics.TeamKey
}

// IdleOwners returns those of whom the world does not tell when they committed last, each once, in order. Where it does, and
// tells who has done most since, that dates since when they are wrong.
func IdleOwners(records []Record, w World) []Idle {
	j := newJudge(records, w, metrics.Measure{})
	found := map[Idle]bool{}
	for i := range records {
		r := &records[i]
		at := slices.IndexFunc(r.Fields, func(f metrics.EntityField) bool { return f.Name == metrics.FieldOwner })
		if at < 0 || slices.Contains(uncounted[:], r.Ref.Kind) {
			continue
		}
		here := j.world.place(r)
		if here.quiet != metrics.No {
			continue
		}
		for _, owner := range ownersIn(r.Fields[at].Values) {
			s := j.standing(j.world.claim(owner, r.Ref.Namespace), here)
			if s.idle == metrics.Yes && here.work.of(s.team.Key).Last == metrics.Beginning {
				found[Idle{here.repo.Name, r.Folder, s.team.Key}] = true
			}
		}
	}
	list := make([]Idle, 0, len(found))
	for idle := range found {
		list = append(list, idle)
	}
	slices.SortFunc(list, func(a, b Idle) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Team, b.Team))
	})
	return list
}
