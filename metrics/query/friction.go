package query

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

var (
	//go:embed friction_known.sql
	frictionKnownSQL string
	//go:embed friction_owned.sql
	frictionOwnedSQL string
)

// FrictionMeasure is something by which to tell whether a path is really faster.
type FrictionMeasure string

// The measures, in the order of answers.
const (
	ScaffoldLead FrictionMeasure = "scaffold"    // first commit to the first pipeline that succeeded on the default branch
	DeployLead   FrictionMeasure = "deploy"      // first commit to the first deployment that succeeded
	Pipelines    FrictionMeasure = "pipeline"    // runs on default branches: how many succeed, and how long they take
	Recovery     FrictionMeasure = "recovery"    // first failure of a workflow after a success to its next success
	TenthPull    FrictionMeasure = "tenth_pull"  // first contribution of somebody to their tenth merged change
	Maintenance  FrictionMeasure = "maintenance" // what platform teams do in their own repositories
)

// FrictionMeasures lists the measures.
func FrictionMeasures() []FrictionMeasure {
	return []FrictionMeasure{ScaffoldLead, DeployLead, Pipelines, Recovery, TenthPull, Maintenance}
}

// FrictionGroup says what is compared with what.
type FrictionGroup string

// The groups, in the order of answers.
const (
	Using      FrictionGroup = "using"
	NotUsing   FrictionGroup = "not_using"
	BeforeJoin FrictionGroup = "before" // the same repositories in the weeks before they joined
	AfterJoin  FrictionGroup = "after"  // and after
	AllAuthors FrictionGroup = "all"    // of maintenance, which is compared with nothing
	OfHumans   FrictionGroup = "human"  // of it, what programs did not do on their own
)

func frictionGroups() []FrictionGroup {
	return []FrictionGroup{Using, NotUsing, BeforeJoin, AfterJoin, AllAuthors, OfHumans}
}

// FrictionQuestion says what friction is asked for. Its times begin with the first commit of a repository, with a run,
// with a failure, with the first contribution of somebody, or are those at which changes were merged; teams are the
// owners then.
type FrictionQuestion struct {
	CohortQuestion
	Measure FrictionMeasure // "" for all
}

// FrictionRow says of one group how long something took, or how it went. It says that groups differ, never why.
type FrictionRow struct {
	Measure      FrictionMeasure `json:"measure"`
	Path         metrics.PathKey `json:"path"` // "" for maintenance, which is of no one path
	Group        FrictionGroup   `json:"group"`
	N            *int            `json:"n"`              // repositories, runs, failures, people, changes; null where withheld
	MedianHours  *float64        `json:"median_hours"`   // null where half is not known to have come to its end
	P90Hours     *float64        `json:"p90_hours"`      //
	RatioToOther *float64        `json:"ratio_to_other"` // of the medians

	Ended         *int      `json:"ended"`          // of N; of the others it is only known that it takes longer
	MedianBetween Between   `json:"median_between"` // hours
	P90Between    Between   `json:"p90_between"`    // hours
	LogRankP      *float64  `json:"log_rank_p"`     // p-value of the test of using against not using
	Repos         *int      `json:"repos"`          // from which runs and failures are
	Success       *Rate     `json:"success"`        // of runs
	Work          *WorkRow  `json:"work"`           // of maintenance
	LeftOut       []LeftOut `json:"left_out"`       // what does not count on either side

	Association bool           `json:"association"` // it compares those that came to be in a group; no cause is claimed
	Reason      metrics.Reason `json:"reason"`
}

// Between is a 95 % interval. Its end is null where nothing is known to end it.
type Between struct {
	Lo *float64 `json:"lo"`
	Hi *float64 `json:"hi"`
}

// LeftOut counts what could not be counted, by why. Fewer than five people are null.
type LeftOut struct {
	Reason metrics.Reason `json:"reason"`
	N      *int           `json:"n"`
}

// frictionKnown is what anything is known of.
type frictionKnown struct {
	Runs        uint64    `ch:"runs"`
	Deployments uint64    `ch:"deployments"`
	Pulls       uint64    `ch:"pulls"`
	ReadAt      time.Time `ch:"read_at"`
	ToldAt      time.Time `ch:"told_at"`
	BornWithin  uint32    `ch:"born_within"`
}

// friction answers one question.
type friction struct {
	FrictionQuestion
	paths []PathRow
	known frictionKnown
	some  bool     // whether it is about some repositories only
	owned []uint64 // which, then
	lives func() (*lives, error)
	watch func() (watch, error)
}

// maxOwned is of how many repositories the rows are looked for one by one: of more, all rows are read.
const maxOwned = 2000

// frictionPart asks for some measures.
type frictionPart struct {
	of  []FrictionMeasure
	ask func(context.Context, DB) ([]FrictionRow, error)
}

// Friction returns for every path two or four rows a measure, and at the end those of maintenance: by path in the
// order of the definitions, measure and group.
func Friction(ctx context.Context, db DB, q FrictionQuestion) ([]FrictionRow, error) {
	return answered(ctx, db, q, func() ([]FrictionRow, error) {
		var s *shelving
		if q == (FrictionQuestion{CohortQuestion: CohortQuestion{AsOf: q.AsOf}}) { // the one that all ask first
			var err error
			if s, err = newShelving(ctx, db); err != nil {
				return nil, err
			}
			if s != nil {
				db = s.DB
			}
		}
		f, err := newFriction(ctx, db, q)
		if err != nil {
			return nil, err
		}
		if s == nil || !f.isNewest() {
			return f.ask(ctx, db)
		}
		return shelved(ctx, s, "friction", f.AsOf, func() ([]FrictionRow, error) { return f.ask(ctx, db) })
	})
}

// ask asks for the measures.
func (f *friction) ask(ctx context.Context, db DB) ([]FrictionRow, error) {
	parts := []frictionPart{ // at the same time
		{[]FrictionMeasure{Pipelines, Recovery}, f.askRuns},
		{[]FrictionMeasure{ScaffoldLead, DeployLead}, f.askLeads},
		{[]FrictionMeasure{TenthPull}, f.askNewcomers},
		{[]FrictionMeasure{Maintenance}, f.askUpkeep},
	}
	answers := make([][]FrictionRow, len(parts))
	all, allCtx := errgroup.WithContext(ctx)
	for i, part := range parts {
		if f.Measure != "" && !slices.Contains(part.of, f.Measure) {
			continue
		}
		all.Go(func() (err error) {
			answers[i], err = part.ask(allCtx, db)
			return err
		})
	}
	err := all.Wait()
	return f.sorted(slices.Concat(answers...)), err
}

// newFriction prepares the answer to a question. Nothing is known of what came after anything was told: as of later friction is what
// it was as of then.
func newFriction(ctx context.Context, db DB, q FrictionQuestion) (*friction, error) {
	paths, err := Paths(ctx, db)
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(p PathRow) bool { return q.Path != "" && p.Key != q.Path })
	known, err := ask[frictionKnown](ctx, db, "what friction is known of", frictionKnownSQL, nil)
	if err != nil {
		return nil, err
	}
	if told := metrics.At(known[0].ToldAt); told > 0 {
		q.AsOf = min(q.AsOf, told)
	}
	f := &friction{FrictionQuestion: q, paths: paths, known: known[0]}
	if q.Team != "" || q.Group != "" {
		rows, err := ask[struct {
			Repo uint64 `ch:"repo"`
		}](ctx, db, "for the repositories of teams", frictionOwnedSQL, f.CohortQuestion.args())
		if err != nil {
			return nil, err
		}
		if f.some = len(rows) <= maxOwned; f.some {
			for _, r := range rows {
				f.owned = append(f.owned, r.Repo)
			}
		}
	}
	f.prepare(ctx, db)
	return f, nil
}

// prepare prepares what several measures ask for, once.
func (f *friction) prepare(ctx context.Context, db DB) {
	f.lives = sync.OnceValues(func() (*lives, error) { return f.askLives(ctx, db) })
	f.watch = sync.OnceValues(func() (watch, error) { return f.askWatch(ctx, db) })
}

// isNewest reports whether all facts are there at the moment that is asked about.
func (f *friction) isNewest() bool { return f.AsOf > 0 && f.AsOf == metrics.At(f.known.ToldAt) }

// args are the parameters of the statements: those of the question, and which repositories they are about.
func (f *friction) args() map[string]any {
	args := f.CohortQuestion.args()
	args["some"], args["owned"] = f.some, append([]uint64{}, f.owned...)
	return args
}

// pathArgs are the parameters of statements about some paths, which they give numbers.
func (f *friction) pathArgs(paths []PathRow) map[string]any {
	args, keys := f.args(), make([]string, len(paths))
	for i, path := range paths {
		keys[i] = string(path.Key)
	}
	args["paths"] = keys
	return args
}

// sorted returns the rows of the measures that are asked for, in their order.
func (f *friction) sorted(rows []FrictionRow) []FrictionRow {
	rows = slices.DeleteFunc(rows, func(r FrictionRow) bool { return f.Measure != "" && r.Measure != f.Measure })
	place := func(r FrictionRow) [3]int {
		path := slices.IndexFunc(f.paths, func(p PathRow) bool { return p.Key == r.Path })
		if path < 0 {
			path = len(f.paths)
		}
		return [3]int{path, slices.Index(FrictionMeasures(), r.Measure), slices.Index(frictionGroups(), r.Group)}
	}
	slices.SortFunc(rows, func(a, b FrictionRow) int {
		pa, pb := place(a), place(b)
		return slices.Compare(pa[:], pb[:])
	})
	return append([]FrictionRow{}, rows...)
}

// lacks says why a measure has no value for n things of a path; "" where it has.
func (f *friction) lacks(path PathRow, n int, known bool) metrics.Reason {
	reason := f.CohortQuestion.lacks(path, n)
	if reason == metrics.ReasonEmpty && !known {
		reason = metrics.ReasonNotMeasured
	}
	return reason
}

// took are times of one group, in hours.
type took struct {
	times stats.LifeTable
	repos *int
}

// newTook returns times that are given in seconds. It sorts them.
func newTook(ended, goOn []uint32) took {
	return took{times: stats.CountLifetimes(ended, goOn, secondsAnHour)}
}

const secondsAnHour = 3600

// inHours is a time given in seconds. Lifetimes may be in any unit, as long as all are.
func inHours(seconds uint32) float64 { return float64(seconds) / secondsAnHour }

// compare makes the rows of two groups whose times are compared. Known is whether anything could be known of them.
func (f *friction) compare(m FrictionMeasure, path PathRow, groups [2]FrictionGroup, of [2]took, known bool, left []LeftOut) []FrictionRow {
	var rows [2]FrictionRow
	for i := range rows {
		n, _ := of[i].times.Count()
		rows[i] = newFrictionRow(m, path.Key, groups[i], n, left)
		rows[i].Repos = of[i].repos
		if rows[i].Reason = f.lacks(path, n, known); rows[i].Reason == "" {
			rows[i].measure(of[i].times)
		}
	}
	if rows[0].Reason == "" && rows[1].Reason == "" && groups[0] == Using {
		if _, p, ok := of[0].times.LogRank(of[1].times); ok {
			rows[0].LogRankP, rows[1].LogRankP = &p, &p
		}
	}
	return beside(rows)
}

// beside are the rows of two groups with the ratios of their medians.
func beside(rows [2]FrictionRow) []FrictionRow {
	rows[0].RatioToOther = ratio(rows[0].MedianHours, rows[1].MedianHours)
	rows[1].RatioToOther = ratio(rows[1].MedianHours, rows[0].MedianHours)
	return rows[:]
}

func newFrictionRow(m FrictionMeasure, path metrics.PathKey, group FrictionGroup, n int, left []LeftOut) FrictionRow {
	return FrictionRow{Measure: m, Path: path, Group: group, N: &n, LeftOut: append([]LeftOut{}, left...), Association: true}
}

// measure fills in what a curve of times says.
func (r *FrictionRow) measure(times stats.LifeTable) {
	_, ended := times.Count()
	curve := times.KaplanMeier()
	r.Ended, r.MedianHours, r.P90Hours = &ended, quantile(curve, 0.5), quantile(curve, 0.9)
	r.MedianBetween, r.P90Between = between(curve, 0.5), between(curve, 0.9)
}

// between is the interval of a quantile.
func between(c stats.Curve, q float64) Between {
	lo, hi, ok, bounded := c.QuantileInterval(q)
	var b Between
	if ok {
		b.Lo = &lo
	}
	if bounded {
		b.Hi = &hi
	}
	return b
}

// ratio is a through b, where both are known and there is something to divide by.
func ratio(a, b *float64) *float64 {
	if a == nil || b == nil || *b == 0 {
		return nil
	}
	r := *a / *b
	return &r
}

// leftOut lists counts by reason.
func leftOut(counts map[metrics.Reason]int) []LeftOut {
	list := []LeftOut{}
	for reason, n := range counts {
		list = append(list, LeftOut{reason, &n})
	}
	slices.SortFunc(list, func(a, b LeftOut) int { return cmp.Compare(a.Reason, b.Reason) })
	return list
}
