package query

import (
	"context"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Labelled is an answer about one team or group.
type Labelled[R any] struct {
	Label string // the key of the team or group; "" for what no team owns, or is of no group
	Row   R
}

// labelledBy asks for the answer that a question has for each team or group, rather than for all together.
type labelledBy[Q any] struct {
	Question Q
	By       By
}

// rollUp repeats rows that statements give by team for every group that the team is part of, where rows are asked for by group:
// for groups above the team, up to the one that is asked for.
func rollUp[R any](ctx context.Context, db DB, by By, group string, rows []R, label func(*R) *string) ([]R, error) {
	if by != ByGroup {
		return rows, nil
	}
	teams, err := Teams(ctx, db)
	if err != nil {
		return nil, err
	}
	q, above := AdoptionQuestion{By: by, Group: group}, make(map[string][]string)
	for _, t := range teams {
		above[string(t.Key)] = q.within(t.Groups)
	}
	var all []R
	for _, row := range rows {
		groups := above[*label(&row)]
		if len(groups) == 0 {
			groups = []string{""}
		}
		for _, g := range groups {
			one := row
			*label(&one) = g
			all = append(all, one)
		}
	}
	return all, nil
}

// byLabel puts the rows of each label together, and lists the labels in the order in which they come.
func byLabel[R any](rows []R, label func(*R) *string) (labels []string, of map[string][]R) {
	of = make(map[string][]R)
	for i := range rows {
		l := *label(&rows[i])
		if of[l] == nil {
			labels = append(labels, l)
		}
		of[l] = append(of[l], rows[i])
	}
	return labels, of
}

// joined puts the packed numbers of rows that are about a path one after the other.
func joined[R any](key metrics.PathKey, rows []R, packed func(*R) (path, numbers string)) string {
	var all strings.Builder
	for i := range rows {
		if path, numbers := packed(&rows[i]); path == string(key) {
			all.WriteString(numbers)
		}
	}
	return all.String()
}

func (r *staysRow) label() *string { return &r.Label }
func (r *waitsRow) label() *string { return &r.Label }
func (r *usedRow) label() *string  { return &r.Label }

// RetentionBy returns the retention of all stays on each path, by the team that owned a repository when its stay began, or by
// its group: a row a path and label, for those of which there are any.
func RetentionBy(ctx context.Context, db DB, q CohortQuestion, by By) ([]Labelled[RetentionRow], error) {
	return answered(ctx, db, labelledBy[CohortQuestion]{q, by}, func() ([]Labelled[RetentionRow], error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		found, err := askStays(ctx, db, q.argsBy(by))
		if err != nil {
			return nil, err
		}
		if found, err = rollUp(ctx, db, by, q.Group, found, (*staysRow).label); err != nil {
			return nil, err
		}
		rows := []Labelled[RetentionRow]{}
		labels, of := byLabel(found, (*staysRow).label)
		for _, path := range paths {
			for _, label := range labels {
				all := staysRow{Stays: joined(path.Key, of[label], func(r *staysRow) (string, string) { return r.Path, r.Stays })}
				if all.Stays != "" {
					rows = append(rows, Labelled[RetentionRow]{label, q.retentionRow(path, AllManners, all.counted(), noPoints)}) // of many, nobody looks at each
				}
			}
		}
		return rows, nil
	})
}

// TimeToAdoptBy returns the same of how long units take to come to a path.
func TimeToAdoptBy(ctx context.Context, db DB, q CohortQuestion, by By) ([]Labelled[TimeToAdoptRow], error) {
	return answered(ctx, db, labelledBy[CohortQuestion]{q, by}, func() ([]Labelled[TimeToAdoptRow], error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		found, err := ask[waitsRow](ctx, db, "for the time to adopt", timeToAdoptSQL, q.argsBy(by))
		if err != nil {
			return nil, err
		}
		if found, err = rollUp(ctx, db, by, q.Group, found, (*waitsRow).label); err != nil {
			return nil, err
		}
		rows := []Labelled[TimeToAdoptRow]{}
		labels, of := byLabel(found, (*waitsRow).label)
		for _, path := range paths {
			for _, label := range labels {
				all := waitsRow{Path: string(path.Key)}
				all.Waits = joined(path.Key, of[label], func(r *waitsRow) (string, string) { return r.Path, r.Waits })
				if all.Waits != "" {
					row := q.timeToAdopt(path, []waitsRow{all})
					row.Curve = []CurvePoint{}
					rows = append(rows, Labelled[TimeToAdoptRow]{label, row})
				}
			}
		}
		return rows, nil
	})
}

// argsBy are the parameters of a question whose rows are by team, from which those by group are put together.
func (q CohortQuestion) argsBy(by By) map[string]any {
	args := q.args()
	args["by"] = string(by)
	return args
}

// LagBy returns how far the units that use a path lag behind, by the team that owns them, or by its group: a row a path and
// label, for those that use it.
func LagBy(ctx context.Context, db DB, q LagQuestion, by By) ([]Labelled[LagPathRow], error) {
	return answered(ctx, db, labelledBy[LagQuestion]{q, by}, func() ([]Labelled[LagPathRow], error) {
		l, err := newLag(ctx, db, q, by)
		if err != nil {
			return nil, err
		}
		used, err := rollUp(ctx, db, by, q.Group, l.used, (*usedRow).label)
		if err != nil {
			return nil, err
		}
		rows := []Labelled[LagPathRow]{}
		labels, of := byLabel(used, (*usedRow).label)
		for _, path := range l.paths {
			for _, label := range labels {
				l.used = of[label]
				if row := l.pathRow(path); row.Repos > 0 {
					rows = append(rows, Labelled[LagPathRow]{label, row})
				}
			}
		}
		return rows, nil
	})
}

// ActivationRow says of how many units that are configured to go a path the pipeline ran lately, of those of which that is known.
type ActivationRow struct {
	Path metrics.PathKey
	Rate Rate
}

// Activation returns a row for each path and, by team or group, for each of these of which there is anything; by path for every
// path.
func Activation(ctx context.Context, db DB, q AdoptionQuestion) ([]Labelled[ActivationRow], error) {
	return answered(ctx, db, labelledBy[AdoptionQuestion]{q, q.By}, func() ([]Labelled[ActivationRow], error) {
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		by := q.By
		if by == ByPath {
			by = ""
		}
		found, err := ask[activatedRow](ctx, db, "what runs", activationSQL, map[string]any{
			"path": string(q.Path), "team": string(q.Team), "group": q.Group, "by": string(by), "at": moment(q.AsOf),
		})
		if err != nil {
			return nil, err
		}
		label := func(r *activatedRow) *string { return &r.Label }
		if found, err = rollUp(ctx, db, by, q.Group, found, label); err != nil {
			return nil, err
		}
		labels, of := byLabel(found, label)
		if by == "" {
			labels = []string{""}
		}
		rows := []Labelled[ActivationRow]{}
		for _, path := range paths {
			if q.Path != "" && path.Key != q.Path {
				continue
			}
			for _, l := range labels {
				num, den := 0, 0
				for _, of := range of[l] {
					if of.Path == string(path.Key) {
						num, den = num+int(of.Ran), den+int(of.Units)
					}
				}
				if den > 0 || by == "" {
					rows = append(rows, Labelled[ActivationRow]{l, ActivationRow{path.Key, NewRate(num, den, metrics.ReasonNotMeasured)}})
				}
			}
		}
		return rows, nil
	})
}
