package query_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// decided is what the reference of decisions answers from.
type decided struct {
	organisation
	decisions []metrics.Decision
}

// TestDecisionsAgreeWithTheReference compares decisions and the voluntary flow with what is told decision by
// decision, on random organisations; what cannot be known is tried out in every combination.
func TestDecisionsAgreeWithTheReference(t *testing.T) {
	db := openStore(t)
	nameUnits(t, db)
	generation := clickhouse.Generation(0)
	fewer(t, 50)
	rapid.Check(t, func(r *rapid.T) {
		generation++
		d := drawDecided(r)
		publish(t, db, generation, d.defs, d.conclusions())
		q := d.drawQuestion(r)
		rows, err := query.Decisions(t.Context(), db, q.DecisionsQuestion)
		if err != nil {
			r.Fatal(err)
		}
		if diff := gocmp.Diff(rows, d.rows(q.DecisionsQuestion), cmpopts.IgnoreUnexported(query.DecisionRow{})); diff != "" {
			r.Fatalf("decisions: %+v of %+v\n-got +want\n%s", q, d.decisions, diff)
		}
		flows, err := query.VoluntaryFlow(t.Context(), db, q)
		if err != nil {
			r.Fatal(err)
		}
		if diff := gocmp.Diff(flows, d.flows(q), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			r.Fatalf("voluntary flow: %+v of %+v\n-got +want\n%s", q, d.decisions, diff)
		}
	})
}

// conclusions put every repository that there may be in force.
func (d decided) conclusions() clickhouse.Conclusions {
	c := clickhouse.Conclusions{Spans: d.spans, Decisions: d.decisions}
	for i := range 9 {
		c.Warnings = append(c.Warnings, metrics.Warning{Repo: metrics.RepoID(i + 1)})
	}
	return c
}

// nameUnits gives the repositories of random organisations their names.
func nameUnits(t *testing.T, db *clickhouse.DB) {
	t.Helper()
	for i := range 9 {
		id := metrics.RepoID(i + 1)
		err := db.Write(t.Context(), &metrics.Batch{Repos: []metrics.Repo{{ID: id, Name: fmt.Sprint("github.com/acme/r", id), Source: "git", Seen: 100}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// drawDecided draws decisions of the units of an organisation; only some may be unknown.
func drawDecided(r *rapid.T) decided {
	d := decided{organisation: drawOrganisation(r)}
	seen := map[string]bool{}
	for i := range rapid.IntRange(0, 30).Draw(r, "decisions") {
		x := metrics.Decision{
			Unit: metrics.Unit{Repo: metrics.RepoID(rapid.IntRange(1, 9).Draw(r, "repo")), Component: rapid.SampledFrom([]string{"", "services/pay"}).Draw(r, "component")},
			Path: rapid.SampledFrom(d.defs.Paths).Draw(r, "path").Key, At: rapid.SampledFrom(interesting()).Draw(r, "at"),
			Kind: metrics.DecisionKind(rapid.IntRange(1, 3).Draw(r, "kind")), Team: rapid.SampledFrom([]metrics.TeamKey{"", "a", "b", "c", "p"}).Draw(r, "team"),
			Choice: rapid.Bool().Draw(r, "choice"),
		}
		if key := fmt.Sprint(x.Unit, x.Path, x.At, x.Kind); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		x.For = x.Kind == metrics.Entry || x.Kind == metrics.Birth && rapid.Bool().Draw(r, "for")
		x.Told, x.Free = x.At, x.Choice
		if x.Kind == metrics.Exit {
			x.Told += 14 * metrics.Day
		}
		if x.For || x.Kind == metrics.Exit {
			x.Origin = rapid.SampledFrom(metrics.Origins()).Draw(r, "origin")
			if x.Origin == metrics.UnknownOrigin && i >= 8 {
				x.Origin = metrics.Chosen
			}
			x.Free = x.Choice && x.Origin.Voluntary()
			x.Commit = metrics.OID(rapid.SampledFrom([]string{"", "0123456789abcdefghij"}).Draw(r, "commit"))
		}
		d.decisions = append(d.decisions, x)
	}
	return d
}

func (d decided) drawQuestion(r *rapid.T) query.FlowQuestion {
	a := d.organisation.drawQuestion(r)
	q := query.FlowQuestion{DecisionsQuestion: query.DecisionsQuestion{Path: a.Path, Team: a.Team, Group: a.Group, AsOf: a.AsOf}}
	if a.Interval != "" {
		q.Interval, q.From, q.To = a.Interval, a.From, a.To
	} else if rapid.Bool().Draw(r, "a time") {
		q.From, q.To = rapid.SampledFrom(interesting()).Draw(r, "from"), rapid.SampledFrom(interesting()).Draw(r, "to")
	}
	return q
}

// of returns the decisions that count: made in the time, after the launch, known at the moment, of who is asked for.
func (d decided) of(q query.DecisionsQuestion) []metrics.Decision {
	end := q.To
	if end == 0 {
		end = q.AsOf + 1
	}
	var list []metrics.Decision
	for _, x := range d.decisions {
		asked := (q.Path == "" || x.Path == q.Path) && d.asked(query.AdoptionQuestion{Team: q.Team, Group: q.Group}, metrics.Span{Team: x.Team})
		if asked && x.At >= max(q.From, d.since(x.Path)) && x.At < end && x.Told <= q.AsOf {
			list = append(list, x)
		}
	}
	return list
}

func (d decided) since(path metrics.PathKey) metrics.Instant {
	i := slices.IndexFunc(d.defs.Paths, func(p metrics.Path) bool { return p.Key == path })
	return d.defs.Paths[i].Since
}

// rows are the answers, oldest first.
func (d decided) rows(q query.DecisionsQuestion) []query.DecisionRow {
	list := []query.DecisionRow{}
	for _, x := range d.of(q) {
		row := query.DecisionRow{
			At: x.At.Time(), Kind: x.Kind, Repo: fmt.Sprint("github.com/acme/r", x.Repo), Component: x.Component, Team: x.Team, Path: x.Path,
			For: x.For, Choice: x.Choice, Free: x.Free, Origin: x.Origin,
		}
		if x.Commit != "" {
			id := x.Commit.String()
			row.Commit = &id
		}
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b query.DecisionRow) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// flows answers a period and path at a time.
func (d decided) flows(q query.FlowQuestion) []query.FlowRow {
	rows := []query.FlowRow{}
	last := q.To
	if last == 0 {
		last = q.AsOf + 1
	}
	begins, names := []metrics.Instant{q.From}, []string{q.AsOf.String()}
	if q.Interval != "" {
		begins, names = d.moments(query.AdoptionQuestion{Interval: q.Interval, From: q.From, To: last}), nil
		for _, t := range begins {
			names = append(names, t.Time().Format("2006-01-02"))
		}
	}
	for i, begin := range begins {
		end := last
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		for _, path := range d.defs.Paths {
			if q.Path == "" || path.Key == q.Path {
				rows = append(rows, d.flow(q.DecisionsQuestion, names[i], path, begin, end))
			}
		}
	}
	return rows
}

func (d decided) flow(q query.DecisionsQuestion, name string, path metrics.Path, begin, end metrics.Instant) query.FlowRow {
	q.Path, q.From, q.To = path.Key, begin, end
	var list []metrics.Decision
	if end > 0 {
		list = d.of(q)
	}
	row := query.FlowRow{Period: name, Path: path.Key}
	var births, free []metrics.Decision
	entries, exits := 0, 0
	unknown := []int{} // of those that may have been free
	for i, x := range list {
		switch {
		case x.Free:
			free = append(free, x)
			switch x.Kind {
			case metrics.Birth:
				births = append(births, x)
			case metrics.Entry:
				entries++
			case metrics.Exit:
				exits++
			}
		case !x.Choice:
			row.NotFree.NoChoice++
		case x.Origin == metrics.UnknownOrigin:
			row.NotFree.Unknown++
			unknown = append(unknown, i)
		default:
			*map[metrics.Origin]*int{
				metrics.Enforced: &row.NotFree.Enforced, metrics.Mandated: &row.NotFree.Mandated,
				metrics.Automated: &row.NotFree.Automated, metrics.Assisted: &row.NotFree.Assisted,
			}[x.Origin]++
		}
	}
	why := metrics.ReasonEmpty
	switch {
	case path.Since > 0 && end <= path.Since:
		why = metrics.ReasonBeforeLaunch
	case len(list) > 0 && len(unknown) == len(list):
		why = metrics.ReasonAllUnknown
	case len(list) > 0 && row.NotFree.NoChoice == len(list):
		why = metrics.ReasonNoAlternative
	}
	row.VoluntaryFlow, row.Births = share(free, why), share(births, why)
	if reason := row.VoluntaryFlow.Reason; reason == "" || reason == metrics.ReasonEmpty {
		net := entries - exits
		row.Entries, row.Exits, row.NetFlow = &entries, &exits, &net
	}
	if len(free) > 0 {
		row.Bounds = flowBounds(list, free, unknown)
	}
	return row
}

// share is the rate of those for the path.
func share(list []metrics.Decision, why metrics.Reason) query.Rate {
	num := 0
	for _, x := range list {
		if x.For {
			num++
		}
	}
	return query.NewRate(num, len(list), why)
}

// flowBounds are the lowest and the highest share when each of the unknown was free or was not.
func flowBounds(list, free []metrics.Decision, unknown []int) *query.Bounds {
	bounds := query.Bounds{1, 0}
	for combination := range 1 << len(unknown) {
		some := slices.Clone(free)
		for bit, i := range unknown {
			if combination&(1<<bit) != 0 {
				some = append(some, list[i])
			}
		}
		rate := *share(some, "").Rate
		bounds[0], bounds[1] = min(bounds[0], rate), max(bounds[1], rate)
	}
	return &bounds
}
