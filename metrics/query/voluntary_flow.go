package query

import (
	"cmp"
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed voluntary_flow.sql
var voluntaryFlowSQL string

// FlowQuestion says which voluntary flow is asked for: that of a whole time, or of each period in it.
type FlowQuestion struct {
	DecisionsQuestion
	Interval Interval // "": one row for the whole time
}

// FlowRow is what teams decided about a path in a period. Only free decisions count: those of humans who could
// have done otherwise. A unit is counted once for each decision.
type FlowRow struct {
	Period string          `json:"period"`
	Path   metrics.PathKey `json:"path"`
	// VoluntaryFlow is the share of free decisions for the path among all free decisions.
	VoluntaryFlow Rate `json:"voluntary_flow"`
	// Births is the same of new units alone.
	Births Rate `json:"births"`
	// Entries and Exits are free ones, NetFlow is entries less exits. They are null where nobody can have decided
	// freely, or nobody knows who did, for the reason of VoluntaryFlow; where nothing was decided they are 0.
	Entries *int `json:"entries"`
	Exits   *int `json:"exits"`
	NetFlow *int `json:"net_flow"`
	// NotFree counts the decisions that do not count, and why.
	NotFree NotFree `json:"not_free"`
	// Bounds are the voluntary flow with every unknown origin counted against the path, and for it, as far as there
	// was a choice; nil where it has no value.
	Bounds *Bounds `json:"bounds"`
}

// NotFree are decisions that do not count in the voluntary flow. One that nobody had a choice in is counted there,
// whatever its origin.
type NotFree struct {
	NoChoice  int `json:"no_choice"`
	Enforced  int `json:"enforced"`
	Mandated  int `json:"mandated"`
	Automated int `json:"automated"`
	Assisted  int `json:"assisted"`
	Unknown   int `json:"unknown"`
}

// flowCount is a row of voluntary_flow.sql.
type flowCount struct {
	Path     string `ch:"path"`
	Period   uint32 `ch:"period"`
	Kind     uint8  `ch:"kind"`
	InFavour bool   `ch:"in_favour"`
	Choice   bool   `ch:"choice"`
	Free     bool   `ch:"free"`
	Origin   uint8  `ch:"origin"`
	Units    uint64 `ch:"units"`
}

// flow gathers a row: free decisions by kind and direction, and the others.
type flow struct {
	free       [metrics.Exit + 1][2]int // by kind, against and for
	unknown    [2]int                   // of those with a choice and an unknown origin
	not        NotFree
	everything int
}

// VoluntaryFlow returns a row for each period and path, by period, then path in the order of the definitions.
// Without an interval there is one period, named by its end. What is decided before the launch of a path does not
// count, and a period that ends before it has no rate.
func VoluntaryFlow(ctx context.Context, db DB, q FlowQuestion) ([]FlowRow, error) {
	return answered(ctx, db, q, func() ([]FlowRow, error) {
		s, end, err := q.periods(ctx, db)
		if err != nil || len(s.starts) == 0 {
			return []FlowRow{}, err
		}
		paths, err := Paths(ctx, db)
		if err != nil {
			return nil, err
		}
		q.From = s.starts[0]
		rows, err := ask[flowCount](ctx, db, "for the voluntary flow", voluntaryFlowSQL, q.args(map[string]any{
			"unit": s.unit, "first": moment(s.starts[0]),
		}))
		if err != nil {
			return nil, err
		}
		return q.rows(s, end, paths, countFlow(rows, q.Interval == "")), nil
	})
}

// periods finds the periods, and when the last of them ends. A whole time is one period, whatever it is counted in.
func (q FlowQuestion) periods(ctx context.Context, db DB) (series, metrics.Instant, error) {
	end := cmp.Or(q.To, q.AsOf+1)
	if q.Interval == "" {
		return series{"year", []metrics.Instant{q.From}, []string{moment(q.AsOf).Format(time.RFC3339)}}, end, nil
	}
	s, err := AdoptionQuestion{Path: q.Path, Interval: q.Interval, From: q.From, To: end, AsOf: q.AsOf}.series(ctx, db)
	return s, end, err
}

// countFlow gathers what was decided by period and path.
func countFlow(rows []flowCount, whole bool) map[cell]*flow {
	counts := make(map[cell]*flow)
	for _, r := range rows {
		c := cell{int(r.Period), metrics.PathKey(r.Path), ""}
		if whole {
			c.period = 0
		}
		if counts[c] == nil {
			counts[c] = new(flow)
		}
		counts[c].add(r)
	}
	return counts
}

func (f *flow) add(r flowCount) {
	n, direction := int(r.Units), 0
	if r.InFavour {
		direction = 1
	}
	f.everything += n
	switch origin := metrics.Origin(r.Origin); {
	case r.Free:
		f.free[r.Kind][direction] += n
	case !r.Choice:
		f.not.NoChoice += n
	case origin == metrics.UnknownOrigin:
		f.not.Unknown += n
		f.unknown[direction] += n
	case origin == metrics.Enforced:
		f.not.Enforced += n
	case origin == metrics.Mandated:
		f.not.Mandated += n
	case origin == metrics.Automated:
		f.not.Automated += n
	case origin == metrics.Assisted:
		f.not.Assisted += n
	}
}

// rows makes the answer.
func (q FlowQuestion) rows(s series, end metrics.Instant, paths []PathRow, counts map[cell]*flow) []FlowRow {
	rows := []FlowRow{}
	for i, period := range s.periods {
		until := end
		if i+1 < len(s.starts) {
			until = s.starts[i+1]
		}
		for _, path := range paths {
			if q.Path != "" && path.Key != q.Path {
				continue
			}
			f := counts[cell{i, path.Key, ""}]
			if f == nil {
				f = new(flow)
			}
			why := metrics.ReasonEmpty
			switch {
			case path.Since != nil && until <= metrics.At(*path.Since):
				why = metrics.ReasonBeforeLaunch
			case f.not.Unknown > 0 && f.not.Unknown == f.everything:
				why = metrics.ReasonAllUnknown
			case f.not.NoChoice > 0 && f.not.NoChoice == f.everything:
				why = metrics.ReasonNoAlternative
			}
			rows = append(rows, f.row(period, path.Key, why))
		}
	}
	return rows
}

func (f *flow) row(period string, path metrics.PathKey, why metrics.Reason) FlowRow {
	births, entries, exits := f.free[metrics.Birth], f.free[metrics.Entry][1], f.free[metrics.Exit][0]
	chosen, all := births[1]+entries, births[0]+births[1]+entries+exits
	row := FlowRow{
		Period: period, Path: path, VoluntaryFlow: NewRate(chosen, all, why), Births: NewRate(births[1], births[0]+births[1], why),
		NotFree: f.not,
	}
	if all > 0 || why == metrics.ReasonEmpty {
		net := entries - exits
		row.Entries, row.Exits, row.NetFlow = &entries, &exits, &net
	}
	row.Bounds = bound(all, chosen, all+f.unknown[0], chosen+f.unknown[1], all+f.unknown[1])
	return row
}
