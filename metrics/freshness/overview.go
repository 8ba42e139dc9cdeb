package freshness

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// count adds up the counted entities.
func (out *Judgement) count() {
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted {
			continue
		}
		out.Fresh.add(e.Fresh)
		out.Owners.add(e.Owner.Right)
		out.Ghosts.add(e.Ghost)
		for step, reached := range e.Owner.Steps {
			out.Ladder[step].add(reached)
		}
		if e.Orphan {
			out.Orphans++
		}
	}
}

// fresh reports whether an entity is fresh by some fields: its owner is right, and none of the fields is wrong or aged. A
// field that was confirmed lately and that nothing can check spoils nothing, as the definition has it; only of an owner
// that cannot be checked it is said that freshness is not known.
// Fields of without are not asked for, nor is the owner where it is among them; those in filled are taken to be right.
func (e *Judged) fresh(fields []string, without, filled func(field string) bool) metrics.Truth {
	is := func(in func(string) bool, name string) bool { return in != nil && in(name) }
	fresh := metrics.Yes
	if !is(without, metrics.FieldOwner) && !is(filled, metrics.FieldOwner) {
		fresh = e.Owner.Right
	}
	for _, name := range fields {
		if name == metrics.FieldOwner || is(without, name) || is(filled, name) {
			continue
		}
		if f, ok := e.Field(name); ok && (f.Verdict == Wrong || f.Verdict == Aged) {
			return metrics.No
		}
	}
	return fresh
}

// ghost reports whether a thing has no living source, and why: its repository is gone or archived, or nobody committed
// to it for as long as repositories count as active, nor was it deployed. Things that need no source are none.
func (j *judge) ghost(r *Record, here place) (metrics.Truth, Cause) {
	switch repo := here.repo; {
	case here.nowhere:
		return metrics.No, ""
	case r.Repo == "":
		return metrics.Maybe, CauseUnchecked
	case repo == nil && j.world.everyRepo(r.Repo):
		return metrics.Yes, CauseGone
	case repo == nil:
		return metrics.Maybe, CauseUnchecked
	case j.past(repo.Gone):
		return metrics.Yes, CauseGone
	case repo.Archived:
		return metrics.Yes, CauseArchived
	}
	if rests := j.resting(here.repo); rests != metrics.No {
		return rests, CauseQuiet
	}
	return metrics.No, ""
}

// resting reports whether nothing happens in a repository any more.
func (j *judge) resting(r *Repo) metrics.Truth {
	deployed := metrics.Maybe
	switch {
	case j.within(r.Deployed, long):
		deployed = metrics.Yes
	case r.DeploysKnown:
		deployed = metrics.No
	}
	return j.active(r).Or(deployed).Not()
}

// active reports whether somebody committed to a repository within the time for which it counts as active.
func (j *judge) active(r *Repo) metrics.Truth {
	switch {
	case r.LastHuman != metrics.Beginning && r.LastHuman.Add(j.m.ActiveWithin) >= j.now:
		return metrics.Yes
	case r.Work.Known:
		return metrics.No
	}
	return metrics.Maybe
}

// cover compares the active repositories with those that have an entity. Of a repository whose deployments are known one
// has to be of the last 90 days, else a commit makes it active.
func (out *Judgement) cover() {
	covered := map[*Repo]bool{}
	for i := range out.Entities {
		if e := &out.Entities[i]; e.Counted && e.Repo != "" {
			if r, ok := out.judge.world.repo(e.Repo); ok {
				if covered[r] = true; out.judge.expected(r) == metrics.Yes {
					e.Covers = r.Name
				}
			}
		}
	}
	for i := range out.judge.world.Repos {
		r := &out.judge.world.Repos[i]
		switch out.judge.expected(r) {
		case metrics.Maybe:
			out.Unread = append(out.Unread, r.Name)
		case metrics.Yes:
			out.Coverage.Den++
			switch {
			case covered[r]:
				out.Coverage.Num++
			case out.judge.world.Unread, out.judge.world.Open[r.Name]:
				out.Coverage.Unknown++
				out.Uncertain = append(out.Uncertain, r.Name)
			default:
				out.Dark = append(out.Dark, r.Name)
			}
		}
	}
	slices.Sort(out.Dark)
	slices.Sort(out.Uncertain)
	slices.Sort(out.Unread)
}

// expected reports whether a repository ought to have an entity.
func (j *judge) expected(r *Repo) metrics.Truth {
	switch {
	case j.past(r.Gone) || r.Archived:
		return metrics.No
	case r.DeploysKnown && j.within(r.Deployed, lately):
		return j.active(r)
	case r.DeploysKnown:
		return metrics.No
	}
	return j.active(r)
}
