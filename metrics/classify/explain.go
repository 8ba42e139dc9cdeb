package classify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// Explained is a unit on a path with what led to its state.
type Explained struct {
	Component string
	Path      metrics.PathKey
	metrics.Explanation
}

// Explain shows what the signals of every path find in every unit of a repository, in its files as they were at a moment.
func (c *Classifier) Explain(f metrics.History, people *People, blobs detect.Blobs, at metrics.Instant) []Explained {
	branch := newBranch(f, people)
	replay := c.replay(f, branch, blobs, at)
	var list []Explained
	for _, component := range slices.Sorted(maps.Keys(replay.byFolder)) {
		tracker := replay.byFolder[component].tracker
		owners := replay.ownerEvidence(f.Repo.Name, replay.byFolder[component], at)
		warnings := slices.Concat(outdated(&f, branch), tracker.Warnings()) // which it tells once
		for i := range c.paths {
			one := Explained{Component: component, Path: c.paths[i].def.Key}
			if replay.last >= 0 {
				one.Explanation = c.explain(&f, tracker, warnings, i, at)
				one.Owners = owners
				one.Commit = branch.commits[replay.last][0].OID
			}
			list = append(list, one)
		}
	}
	return list
}

// explain shows what the signals of one path find in one unit. Of the warnings about its files it takes those of files that they look
// at.
func (c *Classifier) explain(f *metrics.History, tracker *detect.Tracker, warnings []metrics.Warning, path int, at metrics.Instant) metrics.Explanation {
	var out metrics.Explanation
	out.Signals = c.paths[path].explain(tracker, c.rules)
	c.explainPolicies(f, at, out.Signals)
	signals := pathSignals(c.paths[path].def)
	out.Warnings = slices.DeleteFunc(slices.Clone(warnings), func(w metrics.Warning) bool {
		return w.File != "" && !slices.ContainsFunc(signals, func(s metrics.Signal) bool {
			signal, known := c.rules.Index(s)
			return known && tracker.Looks(signal, w.File)
		})
	})
	return out
}

// explainPolicies adds what hosts impose at a moment to the findings of signals that no file meets.
func (c *Classifier) explainPolicies(f *metrics.History, at metrics.Instant, list []metrics.SignalFinding) {
	imposed := c.rulingOf(f)
	inForce, unread := imposed.at(at), imposed.unreadAt(at)
	uses := usesOf(inForce)
	for i := range list {
		signal, known := c.rules.Index(list[i].Signal)
		if !known || list[i].Truth == metrics.Yes {
			continue
		}
		if found := c.rules.Used(signal, uses); found.Truth == metrics.Yes {
			found.Evidence = cite(found.Evidence, inForce)
			list[i].Finding, list[i].Absence = found, ""
		} else if list[i].Truth == metrics.No && c.rules.MayUse(signal, unread) {
			list[i].Finding, list[i].Absence = metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonPolicies}, ""
		}
	}
}

// explain lists the findings of all signals of the path: golden first, then the alternatives, then the rule
// that says who is eligible.
func (p *pathRules) explain(t *detect.Tracker, set *detect.Set) []metrics.SignalFinding {
	list := ruleFindings(nil, t, set, &p.def.Golden, metrics.Golden, false)
	for i := range p.def.Alternatives {
		list = ruleFindings(list, t, set, &p.def.Alternatives[i].When, p.def.Alternatives[i].Key, false)
	}
	if p.def.Eligible != nil {
		list = ruleFindings(list, t, set, p.def.Eligible, "", false)
	}
	for i := range list {
		list[i].Path = p.def.Key
	}
	return list
}

func ruleFindings(list []metrics.SignalFinding, t *detect.Tracker, set *detect.Set, r *metrics.Rule, way metrics.WayKey, negated bool) []metrics.SignalFinding {
	if r.Signal != nil {
		index, _ := set.Index(*r.Signal)
		f := metrics.SignalFinding{Way: way, Negated: negated, Signal: *r.Signal, Finding: t.Find(index)}
		if f.Truth == metrics.No {
			f.Absence = fmt.Sprintf("nothing in the watched files meets %s", r.Signal)
		}
		return append(list, f)
	}
	for _, sub := range append(slices.Clone(r.Any), r.All...) {
		list = ruleFindings(list, t, set, &sub, way, negated)
	}
	if r.Not != nil {
		list = ruleFindings(list, t, set, r.Not, way, !negated)
	}
	return list
}
