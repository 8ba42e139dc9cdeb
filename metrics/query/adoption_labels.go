package query

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// labelled looks up the teams and groups that rows are given for; none where they are by path.
func (q AdoptionQuestion) labelled(ctx context.Context, db DB) (teams []TeamRow, groups []GroupRow, err error) {
	if q.By == ByTeam || q.By == ByGroup {
		if teams, err = Teams(ctx, db); err != nil {
			return nil, nil, err
		}
	}
	if q.By == ByGroup {
		groups, err = Groups(ctx, db)
	}
	return teams, groups, err
}

// labels lists the teams or groups of each period: those found in it, and all that are defined.
func (q AdoptionQuestion) labels(found []map[string]bool, defined map[string]bool) [][]string {
	list := make([][]string, len(found))
	for period, some := range found {
		maps.Copy(some, defined)
		if list[period] = slices.Sorted(maps.Keys(some)); len(some) == 0 || q.By != ByTeam && q.By != ByGroup {
			list[period] = []string{""}
		}
	}
	return list
}

// defined returns the teams, or groups of teams, that an answer has rows for whether they own anything or not. Of
// groups these are all that are not made of platform teams alone.
func (q AdoptionQuestion) defined(teams []TeamRow, groups []GroupRow) map[string]bool {
	found := make(map[string]bool)
	for _, t := range teams {
		if t.Platform || !t.Configured || q.Team != "" && t.Key != q.Team || !q.covers(t.Groups) {
			continue
		}
		for _, label := range q.countedIn(t) {
			found[label] = true
		}
	}
	for _, g := range groups {
		if len(g.Teams) == 0 && q.Team == "" && q.covers(append([]string{g.Key}, g.Groups...)) {
			found[g.Key] = true
		}
	}
	return found
}

// countedIn lists the rows that a team counts in.
func (q AdoptionQuestion) countedIn(t TeamRow) []string {
	switch {
	case q.By == ByTeam:
		return []string{string(t.Key)}
	case q.By == ByGroup && len(t.Groups) > 0:
		return q.within(t.Groups)
	}
	return []string{""}
}

// covers reports whether something in these groups is asked for.
func (q AdoptionQuestion) covers(groups []string) bool {
	return q.Group == "" || slices.Contains(groups, q.Group)
}

// above returns, for the groups that teams are in, in which groups they count: in these and all above, up to the
// one that is asked for. It is empty unless rows are by group.
func (q AdoptionQuestion) above(teams []TeamRow) map[string][]string {
	above := make(map[string][]string)
	for _, t := range teams {
		if t.Group != "" && q.By == ByGroup {
			above[t.Group] = q.within(t.Groups)
		}
	}
	return above
}

// within returns those of the groups above something, its own first, that lie within the one that is asked for.
func (q AdoptionQuestion) within(groups []string) []string {
	if i := slices.Index(groups, q.Group); i >= 0 {
		return groups[:i+1]
	}
	return groups
}

// rolledUp counts units at every group above theirs. The rows come by path and label again.
func (a *adoption) rolledUp(rows []unitRow) []unitRow {
	if len(a.above) == 0 {
		return rows
	}
	rows = rolledUp(rows, a.above, func(r *unitRow) *string { return &r.label })
	slices.SortStableFunc(rows, func(x, y unitRow) int {
		return cmp.Or(cmp.Compare(x.path, y.path), cmp.Compare(x.label, y.label))
	})
	return rows
}

// rolledUp repeats each row for every group that its own, the label, is part of.
func rolledUp[R any](rows []R, above map[string][]string, label func(*R) *string) []R {
	if len(above) == 0 {
		return rows
	}
	var all []R
	for _, row := range rows {
		groups := above[*label(&row)]
		if len(groups) == 0 {
			all = append(all, row)
		}
		for _, group := range groups {
			*label(&row) = group
			all = append(all, row)
		}
	}
	return all
}
