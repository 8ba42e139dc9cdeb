package classify

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// decree is a policy with the time in which it was in force.
type decree struct {
	metrics.Period
	policy metrics.Policy
	dated  bool // its begin is known, rather than when it was first seen
}

// byRun is how evidence names what no policy tells, but runs do that one started.
const byRun metrics.PolicyKind = "run"

// ruling is all that is known of what hosts impose on a repository.
type ruling struct {
	decrees []decree // as decrees lists them
	unread  []unread
}

func (c *Classifier) rulingOf(f *metrics.History) ruling {
	return ruling{c.decrees(f), unreadOf(f.Policies)}
}

func (r ruling) empty() bool { return len(r.decrees)+len(r.unread) == 0 }

// at lists what is in force at a moment.
func (r ruling) at(t metrics.Instant) []decree {
	return slices.DeleteFunc(slices.Clone(r.decrees), func(d decree) bool { return !d.Contains(t) })
}

// unreadAt lists of what kinds policies may make something run that nobody could read by a moment.
func (r ruling) unreadAt(t metrics.Instant) (kinds []metrics.UseKind) {
	for _, u := range r.unread {
		if u.from <= t {
			kinds = append(kinds, u.kinds...)
		}
	}
	return kinds
}

// begunAt reports whether what changes at a moment is known to have changed then: policies begin as the host says, or
// when they are first seen; that one has ended, or nobody could read them, is only seen.
func (r ruling) begunAt(t metrics.Instant) bool {
	seen := slices.ContainsFunc(r.unread, func(u unread) bool { return u.from == t })
	for _, d := range r.decrees {
		if d.From == t && d.dated {
			return true
		}
		seen = seen || d.From == t || d.To == t
	}
	return !seen
}

// decrees lists what hosts imposed on a repository, by their lists of policies and by runs that policies started: each
// thing once, policies first, and of these the oldest.
func (c *Classifier) decrees(f *metrics.History) []decree {
	var list []decree
	for i := range f.Policies {
		for _, p := range f.Policies[i].List {
			if d, begins := beginAt(f.Policies, i, p); begins {
				list = append(list, d)
			}
		}
	}
	list = append(list, c.decreesByRuns(f)...)
	slices.SortFunc(list, compareDecrees)
	return slices.Compact(list)
}

// decreesByRuns finds policies by the runs that they started, as long as no list of policies tells of them. One holds
// for as long after a run as a repository is active.
func (c *Classifier) decreesByRuns(f *metrics.History) []decree {
	untold := always
	for i := range f.Policies {
		if l := &f.Policies[i]; l.Known() {
			untold.To = min(untold.To, l.Seen)
		}
	}
	var list []decree
	for _, d := range f.Runs {
		if !d.Imposed || d.Used == (metrics.Use{}) {
			continue
		}
		lasting := union(grown(d.Days, seconds(c.defs.Measure.ActiveWithin)))
		for _, p := range intersect(lasting, untold) {
			known := slices.ContainsFunc(f.RunWindows, func(w metrics.RunWindow) bool { return w.Contains(p.From - metrics.Day) })
			list = append(list, decree{Period: p, policy: metrics.Policy{Kind: byRun, Runs: d.Used}, dated: known})
		}
	}
	return list
}

func compareDecrees(a, b decree) int {
	rank := func(d decree) int {
		if d.policy.Kind == byRun {
			return 1
		}
		return 0
	}
	p, q := &a.policy, &b.policy
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)), cmp.Compare(a.From, b.From), cmp.Compare(p.ID, q.ID), cmp.Compare(p.Kind, q.Kind),
		cmp.Compare(p.Runs.Kind, q.Runs.Kind), cmp.Compare(p.Runs.Name(), q.Runs.Name()), cmp.Compare(a.To, b.To), cmp.Compare(p.Since, q.Since),
	)
}

// beginAt returns the policy's time from the list at i to the first of the same source without it; begins is false
// where the list before has it, too. It begins when the host says, or when it was first seen: where the host names a
// moment at which it was not there yet, it was not as it is.
func beginAt(lists []metrics.PolicyList, i int, p metrics.Policy) (d decree, begins bool) {
	now := &lists[i]
	d = decree{Period: metrics.Period{From: now.Seen, To: endAt(lists, i, p)}, policy: p}
	d.policy.Runs.SHA = ""
	before := metrics.Beginning
	if i > 0 && lists[i-1].Source == now.Source && lists[i-1].Known() {
		if lists[i-1].Holds(p) {
			return d, false
		}
		before = lists[i-1].Seen
	}
	if p.Since > before && p.Since <= now.Seen {
		d.From, d.dated = p.Since, true
	}
	return d, true
}

// endAt returns when a policy of the list at i is first missing: with the list that lacks it, or when the host says
// that it became what it is in that list.
func endAt(lists []metrics.PolicyList, i int, p metrics.Policy) metrics.Instant {
	for j := i + 1; j < len(lists) && lists[j].Source == lists[i].Source; j++ {
		if lists[j].Holds(p) {
			continue
		}
		end := lists[j].Seen
		for _, q := range lists[j].List {
			if q.ID == p.ID && q.Since > lists[j-1].Seen && q.Since < end && !lists[j-1].Holds(q) {
				end = q.Since
			}
		}
		return end
	}
	return metrics.Forever
}

// unread is a time for which nobody could read yet which policies there are.
type unread struct {
	from  metrics.Instant
	kinds []metrics.UseKind // of what they may make run
}

// unreadOf finds out for each source whose policies were not read since when that is so. One list that is read tells of
// all that came before it, too, as far as anybody knows; and where nobody will read one there is nothing to wait for.
func unreadOf(lists []metrics.PolicyList) (all []unread) {
	for i := range lists {
		l := &lists[i]
		over := func(o metrics.PolicyList) bool {
			return o.Source == l.Source && (o.Known() || len(o.Unread) == 0 && o.Seen > l.Seen)
		}
		if len(l.Unread) > 0 && !slices.ContainsFunc(lists, over) {
			all = append(all, unread{l.Seen, l.Unread})
		}
	}
	return all
}

// grown returns the periods, each made longer.
func grown(list []metrics.Period, by metrics.Instant) []metrics.Period {
	longer := make([]metrics.Period, len(list))
	for i, p := range list {
		longer[i] = metrics.Period{From: p.From, To: min(p.To+by, metrics.Forever)}
	}
	return longer
}
