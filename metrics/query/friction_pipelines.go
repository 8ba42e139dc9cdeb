package query

import (
	"context"
	_ "embed"
	"slices"
	"strings"
)

var (
	//go:embed friction_pipelines.sql
	frictionPipelinesSQL string
	//go:embed friction_recoveries.sql
	frictionRecoveriesSQL string
)

// pipelinesRow is a row of friction_pipelines.sql.
type pipelinesRow struct {
	Path      string   `ch:"path"`
	Side      uint8    `ch:"side"`
	Runs      uint64   `ch:"runs"`
	Successes uint64   `ch:"successes"`
	Repos     uint64   `ch:"repos"`
	Timed     uint64   `ch:"timed"`
	Seconds   []uint32 `ch:"seconds"` // median and 90th percentile of those timed
}

func (r *pipelinesRow) on() (string, uint8) { return r.Path, r.Side }

// askPipelines returns the rows of runs.
func (f *friction) askPipelines(ctx context.Context, db DB) ([]FrictionRow, error) {
	rows, err := askSides[pipelinesRow](ctx, db, f, "how pipelines go", frictionPipelinesSQL)
	return eachPair(f.paths, rows, func(path PathRow, groups [2]FrictionGroup, of [2]*pipelinesRow) []FrictionRow {
		return beside([2]FrictionRow{f.pipelines(path, groups[0], of[0]), f.pipelines(path, groups[1], of[1])})
	}), err
}

// pipelines makes the row of the runs on one side; nil are none.
func (f *friction) pipelines(path PathRow, group FrictionGroup, r *pipelinesRow) FrictionRow {
	if r == nil {
		r = &pipelinesRow{}
	}
	row := newFrictionRow(Pipelines, path.Key, group, int(r.Runs), nil)
	repos := int(r.Repos)
	row.Repos, row.Reason = &repos, f.lacks(path, int(r.Runs), f.known.Runs > 0)
	success := NewRate(int(r.Successes), int(r.Runs), row.Reason)
	if row.Reason != "" {
		success = Undefined(row.Reason)
	}
	row.Success = &success
	if row.Reason == "" {
		row.Ended = row.N
	}
	if row.Reason == "" && r.Timed > 0 {
		median, p90 := inHours(r.Seconds[0]), inHours(r.Seconds[1])
		row.MedianHours, row.P90Hours = &median, &p90
	}
	return row
}

// recoveriesRow is a row of friction_recoveries.sql.
type recoveriesRow struct {
	Path       string `ch:"path"`
	Side       uint8  `ch:"side"`
	GreenAfter string `ch:"green_after"` // see ascending
	RedFor     string `ch:"red_for"`
	Repos      uint64 `ch:"repos"`
}

func (r *recoveriesRow) on() (string, uint8) { return r.Path, r.Side }

// askRecoveries returns the rows of failures.
func (f *friction) askRecoveries(ctx context.Context, db DB) ([]FrictionRow, error) {
	rows, err := askSides[recoveriesRow](ctx, db, f, "how long pipelines stay red", frictionRecoveriesSQL)
	return eachPair(f.paths, rows, func(path PathRow, groups [2]FrictionGroup, of [2]*recoveriesRow) []FrictionRow {
		return f.compare(Recovery, path, groups, [2]took{of[0].took(), of[1].took()}, f.known.Runs > 0, nil)
	}), err
}

// took are the times of the failures of one side; nil are none.
func (r *recoveriesRow) took() took {
	if r == nil {
		r = &recoveriesRow{}
	}
	t, repos := newTook(ascending(r.GreenAfter), ascending(r.RedFor)), int(r.Repos)
	t.repos = &repos
	return t
}

// ascending reads numbers in ascending order from a text that has the first one, and by how much each of the others is
// larger than the one before.
func ascending(text string) []uint32 {
	if text == "" {
		return nil
	}
	list := make([]uint32, 0, 1+strings.Count(text, " "))
	number, step := uint32(0), uint32(0)
	for i := range len(text) {
		if text[i] != ' ' {
			step = 10*step + uint32(text[i]-'0')
			continue
		}
		number, step = number+step, 0
		list = append(list, number)
	}
	return append(list, number+step)
}

// askSides asks about the sides of all paths, of some at once. Where no run is known, nothing is known of any.
func askSides[R any](ctx context.Context, db DB, f *friction, question, sql string) ([]R, error) {
	var all []R
	if f.known.Runs == 0 {
		return nil, nil
	}
	for paths := range slices.Chunk(f.paths, maxPathsAtOnce) {
		rows, err := ask[R](ctx, db, question, sql, f.sideArgs(paths))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// sideArgs are the parameters of the questions about the sides of some paths.
func (f *friction) sideArgs(paths []PathRow) map[string]any {
	args := f.args()
	keys := make([]string, len(paths))
	for i, path := range paths {
		keys[i] = string(path.Key)
	}
	args["paths"], args["beside"] = keys, uint32(besideWeeks*week)
	return args
}

// sides are the groups that the statements number, two that are compared after the other two.
func sides() []FrictionGroup { return []FrictionGroup{Using, NotUsing, BeforeJoin, AfterJoin} }

// sided is a row of a statement that is of one side of a path.
type sided interface {
	on() (path string, side uint8)
}

// eachPair makes the rows of the pairs of sides of all paths, of the rows that there are; nil where there is none.
func eachPair[R any, P interface {
	*R
	sided
}](paths []PathRow, rows []R, do func(path PathRow, groups [2]FrictionGroup, of [2]*R) []FrictionRow) (list []FrictionRow) {
	type key struct {
		path string
		side uint8
	}
	found := make(map[key]*R, len(rows))
	for i := range rows {
		path, side := P(&rows[i]).on()
		found[key{path, side}] = &rows[i]
	}
	for _, path := range paths {
		for side := uint8(0); side < 4; side += 2 {
			groups := [2]FrictionGroup(sides()[side : side+2])
			list = append(list, do(path, groups, [2]*R{found[key{string(path.Key), side}], found[key{string(path.Key), side + 1}]})...)
		}
	}
	return list
}
