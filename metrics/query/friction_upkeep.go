package query

import (
	"context"
	_ "embed"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed friction_upkeep.sql
	frictionUpkeepSQL string
	//go:embed friction_members.sql
	frictionMembersSQL string
)

// usualUpkeep is the share of upkeep in the work of platform teams elsewhere.
const usualUpkeep = 0.7

// WorkRow says what changes were for.
type WorkRow struct {
	Upkeep       Rate    `json:"upkeep"` // of what can be told; the others are improvements
	Unclassified int     `json:"unclassified"`
	Bounds       *Bounds `json:"bounds"`    // where the share lies if everything could be told
	Reference    float64 `json:"reference"` // the share elsewhere
}

// upkeepRow is a row of friction_upkeep.sql.
type upkeepRow struct {
	Author     uint64   `ch:"author"`
	AuthorKind uint8    `ch:"author_kind"`
	Class      string   `ch:"class"`
	Labels     []string `ch:"labels"`
	At         []uint32 `ch:"at"`
}

// pull is what its changes are all like.
func (r *upkeepRow) pull(s *staff) metrics.Pull {
	p := metrics.Pull{AuthorKind: metrics.Kind(r.AuthorKind), Class: metrics.PullClass(r.Class), Labels: r.Labels}
	if s.who.kind[r.Author] == metrics.Bot {
		p.AuthorKind = metrics.Bot
	}
	return p
}

// done counts changes by what they were for: all of them, and those of people.
type done struct {
	all, human map[metrics.Work]int
	left       map[metrics.Reason]int
}

// askUpkeep returns the rows of what platform teams do in their own repositories.
func (f *friction) askUpkeep(ctx context.Context, db DB) ([]FrictionRow, error) {
	d := done{make(map[metrics.Work]int), make(map[metrics.Work]int), make(map[metrics.Reason]int)}
	teams, err := Teams(ctx, db)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(teams, f.providesPaths) {
		if err := f.countUpkeep(ctx, db, &d); err != nil {
			return nil, err
		}
	}
	return []FrictionRow{f.work(AllAuthors, d.all, d.left), f.work(OfHumans, d.human, d.left)}, nil
}

// providesPaths reports whether a team provides paths, and is one that is asked about.
func (f *friction) providesPaths(t TeamRow) bool {
	return t.Platform && (f.Team == "" || t.Key == f.Team) && (f.Group == "" || slices.Contains(t.Groups, f.Group))
}

// countUpkeep counts the changes of platform teams.
func (f *friction) countUpkeep(ctx context.Context, db DB, d *done) error {
	rows, err := ask[upkeepRow](ctx, db, "what platform teams do", frictionUpkeepSQL, f.args())
	if err != nil {
		return err
	}
	staff, err := askStaff(ctx, db)
	if err != nil {
		return err
	}
	for i := range rows {
		d.count(&rows[i], staff)
	}
	return nil
}

// count counts changes that are alike.
func (d *done) count(r *upkeepRow, s *staff) {
	work, human := r.work(s)
	for _, at := range r.At {
		if reason := s.lacks(r.Author, human, at); reason != "" {
			d.left[reason]++
			continue
		}
		d.all[work]++
		if human {
			d.human[work]++
		}
	}
}

// work returns what a change was for, and whether somebody made it; otherwise it is a program's.
func (r *upkeepRow) work(s *staff) (w metrics.Work, human bool) {
	pull := r.pull(s)
	return pull.Work(), pull.AuthorKind != metrics.Bot
}

// work makes the row of changes, counted by what they were for.
func (f *friction) work(group FrictionGroup, counts map[metrics.Work]int, left map[metrics.Reason]int) FrictionRow {
	upkeep, open := counts[metrics.Upkeep], counts[metrics.Unclassified]
	told := upkeep + counts[metrics.Improvement]
	n := told + open
	row := newFrictionRow(Maintenance, "", group, n, leftOut(left))
	row.Association = false
	row.Work = &WorkRow{Unclassified: open, Reference: usualUpkeep}
	switch {
	case n > 0:
		row.Work.Upkeep = NewRate(upkeep, told, metrics.ReasonAllUnknown)
		row.Work.Bounds = &Bounds{float64(upkeep) / float64(n), float64(upkeep+open) / float64(n)}
	case f.known.Pulls == 0:
		row.Reason = metrics.ReasonNotMeasured
	default:
		row.Reason = metrics.ReasonEmpty
	}
	if row.Reason != "" {
		row.Work.Upkeep = Undefined(row.Reason)
	}
	return row
}

// staff knows who is in a platform team when.
type staff struct {
	who     *accounts
	members map[someone][]metrics.Period
	manned  []metrics.Period // when anybody is
}

func askStaff(ctx context.Context, db DB) (*staff, error) {
	who, err := askAccounts(ctx, db)
	if err != nil {
		return nil, err
	}
	rows, err := ask[struct {
		Person uint64 `ch:"person"`
		Begins uint32 `ch:"begins"`
		Ends   uint32 `ch:"ends"`
	}](ctx, db, "who is in platform teams", frictionMembersSQL, nil)
	s := &staff{who: who, members: make(map[someone][]metrics.Period)}
	for _, r := range rows {
		one, p := someone{id: who.root(r.Person)}, metrics.Period{From: metrics.Instant(r.Begins), To: metrics.Instant(r.Ends)}
		s.members[one] = append(s.members[one], p)
		s.manned = append(s.manned, p)
	}
	return s, err
}

// lacks says why a change is not known to be one of a platform team; "" where it is. What programs do in the repositories of a
// team is the team's. While nobody is known to be in one, nobody can be told to be outside.
func (s *staff) lacks(author uint64, human bool, at uint32) metrics.Reason {
	within := func(p metrics.Period) bool { return p.Contains(metrics.Instant(at)) }
	switch {
	case !human:
		return ""
	case author == 0:
		return metrics.ReasonNoActor
	case slices.ContainsFunc(s.members[s.who.of(author)], within), !slices.ContainsFunc(s.manned, within):
		return ""
	}
	return metrics.ReasonOutside
}
