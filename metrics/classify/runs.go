package classify

import (
	"path"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// activationWithin is the time within which what uses a path has to run to count as activated.
const activationWithin = 28 * metrics.Day

// layRuns finds the times in which it is known whether the unit's golden pipeline ran lately.
func (h *history) layRuns() {
	if len(h.facts.Runs)+len(h.facts.RunWindows) == 0 {
		return
	}
	h.clocks.ran, h.clocks.partly, h.clocks.idle = h.running(activationWithin)
	if within := seconds(h.path.def.ActiveWithin); within > 0 {
		_, _, h.clocks.dormant = h.running(within)
	}
}

// running returns the times at which the golden pipeline had run within a time, those of them at which other pipelines
// had more runs, and those at which it had not run, of the times in which the default branch had a commit within it.
// Where it had not, the runs of the whole time before are known, and the unit was on the path all that time: else it
// could not have run. Days count as a whole.
func (h *history) running(within metrics.Instant) (ran, partly, idle []metrics.Period) {
	moved := h.branch.moved(within)
	known := h.runsKnown(within)
	for i := range h.steps {
		s := &h.steps[i]
		stay := h.stayOf(i)
		files := pipelines(s.tree)
		if s.policy || stay == nil || len(files) == 0 {
			continue
		}
		p := metrics.Period{From: s.at, To: metrics.Forever}
		if i+1 < len(h.steps) {
			p.To = h.steps[i+1].at
		}
		own := h.ranOn(files, p)
		recent := union(grown(own.all(), within))
		settled := p.Overlap(metrics.Period{From: stay.From + within, To: metrics.Forever})
		for _, m := range moved {
			now := p.Overlap(m)
			ran = append(ran, intersect(recent, now)...)
			for _, beaten := range h.outrun(own, now, within) {
				partly = append(partly, intersect(recent, beaten)...)
			}
			for _, k := range known {
				both := m.Overlap(k).Overlap(settled)
				idle = append(idle, subtract([]metrics.Period{both}, recent)...)
			}
		}
	}
	return union(ran), union(partly), union(idle)
}

// runsKnown returns the times of which all runs within a time before are known.
func (h *history) runsKnown(within metrics.Instant) []metrics.Period {
	var list []metrics.Period
	for _, w := range h.facts.RunWindows {
		list = append(list, w.Period)
	}
	list = union(list)
	for i := range list {
		list[i].From = min(list[i].From+within, metrics.Forever)
	}
	return slices.DeleteFunc(list, metrics.Period.Empty)
}

// ranOn returns the days on which one of the pipelines ran on the default branch, or any that used the golden way.
// Once one of the files has moved elsewhere, which changes no state, any pipeline may be it.
func (h *history) ranOn(files []string, p metrics.Period) workflowDays {
	days := workflowDays{}
	lost := metrics.Forever
	for _, file := range files {
		lost = min(lost, h.lostAt(file, p))
	}
	for i := range h.facts.Runs {
		d := &h.facts.Runs[i]
		switch {
		case d.Imposed:
		case slices.ContainsFunc(files, func(file string) bool { return runs(d.Workflow, file) }), h.c.usesGolden(h.path, d.Used):
			days.add(d.Workflow, d.Days...)
		case lost != metrics.Forever:
			days.add(d.Workflow, intersect(d.Days, metrics.Period{From: lost, To: metrics.Forever})...)
		}
	}
	return days
}

// lostAt returns when a file went away within a period, or Forever.
func (h *history) lostAt(file string, p metrics.Period) metrics.Instant {
	for i := range h.facts.Changes {
		ch := &h.facts.Changes[i]
		if at := h.branch.dates[ch.Pos]; ch.Path == file && ch.Blob == "" && at > p.From && at < p.To {
			return at
		}
	}
	for _, s := range h.branch.sights {
		there := slices.ContainsFunc(h.facts.States, func(f metrics.FileState) bool { return f.Files == s.files && f.Path == file })
		if s.at > p.From && s.at < p.To && !there {
			return s.at
		}
	}
	return metrics.Forever
}

// usesGolden reports whether what a run used is the golden way of a path, whatever else the rule asks for.
func (c *Classifier) usesGolden(p *pathRules, u metrics.Use) bool {
	if u == (metrics.Use{}) {
		return false
	}
	f := p.golden.find(look{ask: func(signal int) metrics.Finding { return c.rules.Used(signal, []metrics.Use{u}) }})
	return f.Truth == metrics.Yes && len(f.Evidence) > 0
}

// gitlabPipeline stands for the one pipeline of a GitLab project, wherever its configuration lies.
const gitlabPipeline = ".gitlab-ci.yml"

// pipelines returns the files that a host has to run for what a tree has of the golden way to run: none where no
// host of which runs can be known runs it.
func pipelines(t metrics.Tree) []string {
	var files []string
	for _, e := range t.Evidence[:min(t.Golden, len(t.Evidence))] {
		file := e.File
		if len(e.Via) > 0 {
			file = e.Via[0]
		}
		switch {
		case isWorkflow(file):
		case e.Signal == "gitlab_include", file == gitlabPipeline:
			file = gitlabPipeline
		default:
			continue
		}
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files
}

func isWorkflow(file string) bool { return path.Dir(file) == ".github/workflows" }

// runs reports whether a run of a workflow runs a pipeline.
func runs(workflow, file string) bool {
	return workflow == file || file == gitlabPipeline && !isWorkflow(workflow)
}
