package classify

import (
	"cmp"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// workflowDays are times of workflows: in whole days, once they are apart.
type workflowDays map[string][]metrics.Period

func (d workflowDays) add(workflow string, days ...metrics.Period) {
	if len(days) > 0 {
		d[workflow] = append(d[workflow], days...)
	}
}

// all returns the times of all workflows, in any order.
func (d workflowDays) all() []metrics.Period {
	var list []metrics.Period
	for _, days := range d {
		list = append(list, days...)
	}
	return list
}

// apart puts the times of each workflow in order, so that touch can search them.
func (d workflowDays) apart() workflowDays {
	for workflow, days := range d {
		d[workflow] = union(days)
	}
	return d
}

// touch reports whether any of the times of a workflow, in order and apart, is on a day.
func (d workflowDays) touch(workflow string, day metrics.Instant) bool {
	days := d[workflow]
	i, _ := slices.BinarySearchFunc(days, day+1, func(p metrics.Period, t metrics.Instant) int { return cmp.Compare(p.To, t) })
	return i < len(days) && days[i].From < day+metrics.Day
}

// goldenPipelines returns when each workflow of a repository was the pipeline of a golden path, of whichever path and
// unit: what one golden path runs is not held against another. It takes all paths, so that whoever judges some of
// them alone may not do so where runs are known.
func (c *Classifier) goldenPipelines(f *metrics.History, units []*unit) workflowDays {
	golden := workflowDays{}
	if len(f.RunCounts) == 0 {
		return golden
	}
	for i := range f.Runs {
		d := &f.Runs[i]
		if !d.Imposed && slices.ContainsFunc(c.paths, func(p pathRules) bool { return c.usesGolden(&p, d.Used) }) {
			golden.add(d.Workflow, d.Days...)
		}
	}
	workflows := ranAtAll(f.RunCounts)
	for _, u := range units {
		for _, steps := range u.steps {
			for i := range steps {
				p := metrics.Period{From: steps[i].at, To: metrics.Forever}
				if i+1 < len(steps) {
					p.To = steps[i+1].at
				}
				for _, file := range pipelines(steps[i].tree) {
					for _, workflow := range workflows {
						if runs(workflow, file) {
							golden.add(workflow, p)
						}
					}
				}
			}
		}
	}
	return golden.apart()
}

// ranAtAll lists the workflows that runs were counted of.
func ranAtAll(counts []metrics.RunCount) []string {
	var list []string
	for i := range counts {
		if !slices.Contains(list, counts[i].Workflow) {
			list = append(list, counts[i].Workflow)
		}
	}
	return list
}

// outrun returns the times of a period at which fewer runs of the path's own pipelines ended within a time than CI runs
// of what is no golden pipeline: a unit that has the golden pipeline beside its own scripts is not on the path. Runs that
// are not known, as those before a source began to read, are on neither side.
func (h *history) outrun(own workflowDays, p metrics.Period, within metrics.Instant) []metrics.Period {
	if p.Empty() {
		return nil
	}
	counts := h.facts.RunCounts
	first, _ := slices.BinarySearchFunc(counts, p.From-within-metrics.Day, func(n metrics.RunCount, t metrics.Instant) int { return cmp.Compare(n.Day, t) })
	own = own.apart()
	var turns []turn
	for i := first; i < len(counts) && counts[i].Day < p.To; i++ {
		n := &counts[i]
		lead := 0
		switch {
		case own.touch(n.Workflow, n.Day):
			lead = int(n.Runs)
		case !h.golden.touch(n.Workflow, n.Day):
			lead = -int(n.CI)
		}
		turns = append(turns, turn{n.Day, lead}, turn{n.Day + metrics.Day + within, -lead})
	}
	return behind(turns, p)
}

// turn is by how much the lead of golden runs over others changes at a moment.
type turn struct {
	at   metrics.Instant
	lead int
}

// behind returns the times of a period at which the sum of all turns before is below zero.
func behind(turns []turn, p metrics.Period) []metrics.Period {
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	var list []metrics.Period
	lead := 0
	for i, t := range turns {
		lead += t.lead
		until := metrics.Forever
		if i+1 < len(turns) {
			until = turns[i+1].at
		}
		if lead < 0 {
			list = append(list, metrics.Period{From: t.at, To: until})
		}
	}
	return intersect(union(list), p)
}
