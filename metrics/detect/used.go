package detect

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Used says whether pipelines that use these things meet a signal, whatever the files of a repository say. A signal
// on anything but what pipelines use is Maybe: nobody looked. So is one on the steps of jobs, of which hosts do not
// tell what they use.
func (s *Set) Used(signal int, uses []metrics.Use) metrics.Finding {
	var met func([]metrics.Use) (metrics.Truth, []metrics.Use)
	switch test := s.signals[signal].test.(type) {
	case usesTest:
		met = test.met
	case gitlabTest:
		met = test.met
	default:
		return metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}
	}
	truth, found := met(uses)
	out := metrics.Finding{Truth: truth}
	if truth == metrics.Maybe {
		out.Reason = metrics.ReasonNotRead
	}
	for _, u := range found {
		if truth == metrics.Yes {
			out.Evidence = append(out.Evidence, metrics.Evidence{
				Signal: s.signals[signal].spec.Kind, Text: clip(u.Name()), Version: clip(u.Ref),
			})
		}
	}
	return out
}

// MayUse reports whether pipelines that use things of these kinds can meet a signal.
func (s *Set) MayUse(signal int, kinds []metrics.UseKind) bool {
	switch test := s.signals[signal].test.(type) {
	case usesTest:
		return test.jobs && slices.Contains(kinds, metrics.UsesWorkflow)
	case gitlabTest:
		return slices.ContainsFunc(kinds, func(kind metrics.UseKind) bool { _, asked := test[string(kind)]; return asked })
	}
	return false
}

// met reports whether reusable workflows are among those that are asked for: one that the target means, and one for
// each of all_of.
func (t usesTest) met(uses []metrics.Use) (metrics.Truth, []metrics.Use) {
	if !t.jobs {
		return metrics.Maybe, nil
	}
	var found []metrics.Use
	var parts uint64
	for _, u := range uses {
		if u.Kind != metrics.UsesWorkflow {
			continue
		}
		folded := foldRepo(u.Target)
		matched := t.target != nil && t.target.matchRepo(u.Target, folded)
		for i, p := range t.all {
			if i < maxParts && p.matchRepo(u.Target, folded) {
				parts |= 1 << i
				matched = matched || t.target == nil
			}
		}
		if matched {
			found = append(found, u)
		}
	}
	switch {
	case len(found) > 0 && parts == 1<<len(t.all)-1:
		return metrics.Yes, found
	case t.steps: // a step may use what no job does
		return metrics.Maybe, nil
	}
	return metrics.No, nil
}

// met reports whether an include that is asked for is among them.
func (t gitlabTest) met(uses []metrics.Use) (metrics.Truth, []metrics.Use) {
	var found []metrics.Use
	for _, u := range uses {
		p, asked := t[string(u.Kind)]
		if !asked {
			continue
		}
		target := u.Target
		if u.Kind == metrics.UsesProject || u.Kind == metrics.UsesComponent {
			target = strings.ToLower(target)
		}
		if p.match(target) {
			found = append(found, u)
		}
	}
	if len(found) > 0 {
		return metrics.Yes, found
	}
	return metrics.No, nil
}
