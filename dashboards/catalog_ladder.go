package dashboards

import (
	"fmt"
	"math"
	"strings"

	"github.com/trodden/trodden/metrics/query"
)

// ladder says how many entities of a catalog reach each step of the owner ladder, drawn and as a table.
type ladder struct {
	Source string
	Chart  chart
	Table  table
	None   bool // the catalog has no entities
}

// step is a step of the owner ladder.
type step struct {
	name  string // O1, as the filter has it in lower case
	short string
	words string
	rate  func(query.Ladder) query.Rate
	holds func(query.OwnerSteps) string
}

// steps lists the owner ladder from below.
func steps() []step {
	return []step{
		{"O1", "filled in", "an owner is filled in", func(l query.Ladder) query.Rate { return l.O1 }, func(s query.OwnerSteps) string { return s.O1 }},
		{"O2", "a team", "it is an existing team", func(l query.Ladder) query.Rate { return l.O2 }, func(s query.OwnerSteps) string { return s.O2 }},
		{"O3", "has members", "with an active member", func(l query.Ladder) query.Rate { return l.O3 }, func(s query.OwnerSteps) string { return s.O3 }},
		{"O4", "commits here", "of whom one committed there in 90 days", func(l query.Ladder) query.Rate { return l.O4 }, func(s query.OwnerSteps) string { return s.O4 }},
		{"O5", "most commits", "and the team has most commits of 180 days", func(l query.Ladder) query.Rate { return l.O5 }, func(s query.OwnerSteps) string { return s.O5 }},
	}
}

// rung is a step as it is drawn, in percent.
type rung struct {
	label, reached, unknown string
	share, more, lo, hi     float64
}

// newLadder is the ladder of a catalog.
func newLadder(q *request, c catalogs, r query.CatalogRow, built bool) ladder {
	l := ladder{Source: r.Source, None: r.Entities == 0, Table: table{Label: "Owner ladder of " + r.Source,
		Columns: append(texts("Step", "What it means"), numbers("Reached", "95\u202f% interval", "Not reached", "Not known")...),
		Caption: "Entities whose owner reaches each step. What is not known counts as not so, and is told beside.",
		Next:    "The catalog has no entity that counts: people, teams and places of files do not."}}
	var rungs []rung
	for _, s := range steps() {
		rate, name := s.rate(r.Ladder), strings.ToLower(s.name)
		f := c.within(r, rate, "ladder."+s.name).to(c.rateLink(q, r.Source, name, rate))
		unknown := 0
		if b, ok := r.Bounds["ladder."+s.name]; ok {
			unknown = int(math.Round((b[1] - b[0]) * float64(rate.Den)))
		}
		l.Table.Rows = append(l.Table.Rows, []cell{say(s.name), say(s.words), rated(f), say(f.Interval),
			counted(rate.Den-rate.Num-unknown, c.entitiesLink(q, r.Source, name+"-no")), counted(unknown, c.entitiesLink(q, r.Source, name+"-unknown"))})
		rungs = append(rungs, rung{label: fmt.Sprintf("%s %s: %s", s.name, s.short, f.Text), reached: f.tip(), unknown: plural(unknown, "entity", "entities"),
			share: f.share, more: share(unknown, rate.Den), lo: f.Lo, hi: f.Hi})
	}
	id := "chart-ladder-" + r.Source
	l.Chart = chart{ID: id, Built: built, Rows: len(rungs), Legend: ladderLegend(), Option: ladderChart(id, rungs).JSON(),
		Label: "Owner ladder of " + r.Source + ": the share of entities that reach each step; the table has the figures"}
	if l.None {
		l.Table.Rows = nil
	}
	return l
}

// share is a part in percent; nothing of nothing is none.
func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of) * 100
}
