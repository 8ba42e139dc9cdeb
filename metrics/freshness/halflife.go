package freshness

import (
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/stats"
)

// Episode is the time from the last confirmation of an entity to its first wrong field.
type Episode struct {
	Entity    metrics.EntityRef
	Confirmed metrics.Instant // Beginning where no confirmation is known: it tells nothing then
	Wrong     metrics.Instant // when the first field became wrong; Confirmed where nobody knows when since; Beginning where none has
	Seen      metrics.Instant // when a judgement found none wrong yet, at last; Beginning where none ever did
	Dated     bool            // Wrong is when it became so, rather than when that was found
	Withdrawn bool            // what the judgement before found wrong cannot be checked any more: that the episode ended is not known
}

// known reports whether it is known when the episode ended, if it did: the end is dated, or a judgement since the
// confirmation still found nothing wrong.
func (e Episode) known() bool {
	return e.Wrong == metrics.Beginning || e.Dated || e.Seen != metrics.Beginning && e.Seen >= e.Confirmed && e.Seen < e.Wrong
}

// lifetime returns the episode as a lifetime, which is censored where no field became wrong.
func (e Episode) lifetime() (l stats.Lifetime, ok bool) {
	if !e.known() {
		return l, false
	}
	l.Ended = e.Wrong != metrics.Beginning
	end := e.Seen
	if l.Ended {
		end = e.Wrong
	}
	l.Days = float64(end-e.Confirmed) / float64(metrics.Day)
	return l, e.Confirmed != metrics.Beginning && end >= e.Confirmed
}

// HalfLife returns the survival curve of entities from their last confirmation to their first wrong field, and how many of
// the ends are dated late, at the time they were found: with those the curve is an upper bound. Its median is the
// half-life. Episodes of the past, from history, count beside those of the present.
//
// What the first judgement that could check it found wrong, without a date, became so at any time between its confirmation
// and that judgement. Counted as an end at its finding, it would tell when the first scan ran, or a portal was read whole at
// last, not how long catalogs stay true. So an end counts only where it is dated, or where an earlier judgement saw the
// entity well since the same confirmation, and the one before knew that of the field; the other episodes are left out. How
// many are left says the curve at 0.
func HalfLife(episodes []Episode) (curve stats.Curve, late int) {
	lifetimes := make([]stats.Lifetime, 0, len(episodes))
	for _, e := range episodes {
		l, ok := e.lifetime()
		if !ok {
			continue
		}
		lifetimes = append(lifetimes, l)
		if l.Ended && !e.Dated {
			late++
		}
	}
	return stats.KaplanMeier(lifetimes), late
}

// Merge makes one of the episodes that several judgements, made one after the other, tell of an entity since the same
// confirmation: it ends when the first of them says so, with a date rather than without, and else was last seen going on by
// the latest. Of one that ended it is kept when it was last seen well before. An entity that was confirmed anew, or is not
// there any more, leaves its old episode censored. What is withdrawn is as if nobody had said it.
func Merge(episodes []Episode) []Episode {
	type key struct {
		entity    metrics.EntityRef
		confirmed metrics.Instant
	}
	at := map[key]int{}
	var list []Episode
	for _, e := range episodes {
		i, known := at[key{e.Entity, e.Confirmed}]
		if !known {
			at[key{e.Entity, e.Confirmed}] = len(list)
			list = append(list, e)
			continue
		}
		list[i] = list[i].with(e)
	}
	for i := range list {
		list[i].Withdrawn = false
	}
	return list
}

// with returns an episode as two judgements tell it together, the other one later.
func (e Episode) with(other Episode) Episode {
	if other.Withdrawn {
		return other
	}
	all := [...]metrics.Instant{e.Seen, other.Seen}
	if e.Wrong == metrics.Beginning || other.Wrong != metrics.Beginning &&
		(other.Dated && !e.Dated || other.Dated == e.Dated && other.Wrong < e.Wrong) {
		e = other
	}
	e.Seen = metrics.Beginning
	for _, seen := range all {
		if e.Wrong == metrics.Beginning || seen < e.Wrong {
			e.Seen = max(e.Seen, seen)
		}
	}
	return e
}

// Episodes returns those that the counted entities are in.
func (out *Judgement) Episodes() []Episode {
	var list []Episode
	for i := range out.Entities {
		if e := &out.Entities[i]; e.Counted {
			list = append(list, e.episode(out.judge.now))
		}
	}
	return list
}

// episode returns the one that the entity is in. A confirmation that came after a field was wrong begins none: it left that
// field as it was.
func (e *Judged) episode(now metrics.Instant) Episode {
	ep := Episode{Entity: e.Ref}
	for _, f := range e.Fields {
		if f.Verdict == Wrong && (ep.Wrong == metrics.Beginning || f.Since < ep.Wrong) {
			ep.Wrong, ep.Dated = f.Since, f.Dated
		}
	}
	if ep.Wrong == metrics.Beginning {
		ep.Seen = now
	}
	for _, f := range e.Fields {
		if f.Confirmed <= now && (ep.Wrong == metrics.Beginning || f.Confirmed <= ep.Wrong) {
			ep.Confirmed = max(ep.Confirmed, f.Confirmed)
		}
	}
	if ep.Confirmed != metrics.Beginning && e.comesToLight(ep) {
		ep.Wrong = ep.Confirmed
	}
	ep.Withdrawn = e.withdrawn()
	return ep
}

// comesToLight reports whether an episode ends with what may have been wrong long before: of a field that became wrong by
// then the judgement before could not tell, and no date does.
func (e *Judged) comesToLight(ep Episode) bool {
	return !ep.Dated && slices.ContainsFunc(e.Fields, func(f Field) bool {
		c := e.confirmation(f.Name)
		return f.Verdict == Wrong && !f.Dated && f.Since == ep.Wrong && !c.Held && c.Wrong == metrics.Beginning
	})
}

// withdrawn reports whether nothing can check any more what the judgement before found wrong. What is checked in part, as the
// place of a folder, has evidence.
func (e *Judged) withdrawn() bool {
	return slices.ContainsFunc(e.Fields, func(f Field) bool {
		return f.Cause == CauseUnchecked && len(f.Evidence) == 0 && e.confirmation(f.Name).Wrong != metrics.Beginning
	})
}

// confirmation returns how a field came to be as it is.
func (e *Judged) confirmation(field string) Confirmation {
	i := slices.IndexFunc(e.Record.Fields, func(f metrics.EntityField) bool { return f.Name == field })
	if i < 0 || i >= len(e.Confirmed) {
		return Confirmation{}
	}
	return e.Confirmed[i]
}
