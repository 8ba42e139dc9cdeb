package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
)

// objectives puts the key results into words.
func (r *Report) objectives() section {
	s := section{Title: "Objectives"}
	for _, k := range r.Results {
		status := words(string(k.Status))
		f := figure{Title: clip(cmp.Or(k.Title, k.Key), 100) + " (" + clip(cmp.Or(k.ObjectiveTitle, k.Objective), 60) + ")", Href: r.link("/okrs"),
			Value: status, Beside: []string{k.way(), k.outlook()}}
		if k.Before.Status != k.Status && k.Before.Status != "" {
			f.Beside = append(f.Beside, "A week ago: "+words(string(k.Before.Status))+".")
		}
		if k.Next != "" {
			f.Beside = append(f.Beside, k.Next)
		}
		for _, g := range k.Guards {
			if g.Worse && g.Value != nil && g.Baseline != nil {
				f.Beside = append(f.Beside, fmt.Sprintf("At the expense of %s: from %s to %s.", g.Guard, decimals(*g.Baseline), decimals(*g.Value)))
			}
		}
		s.Figures = append(s.Figures, f)
	}
	return s
}

// amount writes a value of a key result: a share in percent.
func (k Result) amount(v *float64) string {
	if v == nil {
		return "–"
	}
	if figure, _ := metrics.FindFigure(k.Measure); figure.Share {
		return percent(*v)
	}
	return decimals(*v)
}

// decimals writes a number with one decimal where it needs one.
func decimals(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// way says where a key result stands between where it began and where it is to go.
func (k Result) way() string {
	text := k.amount(k.Value)
	if k.Den != nil && k.Num != nil {
		text += fmt.Sprintf(" (%s of %s)", count(*k.Num), count(*k.Den))
	}
	if k.Value == nil {
		text += " (" + phrase.WhyNot(k.Reason) + ")"
	}
	text += ", from " + k.amount(k.Baseline) + " to " + k.amount(&k.Target) + " by " + k.To.Format("2 Jan 2006")
	if k.Score != nil {
		text += "; " + percent(*k.Score) + " of the way"
	}
	return text + "."
}

// outlook says where a key result will end.
func (k Result) outlook() string {
	switch {
	case k.Forecast != nil:
		return fmt.Sprintf("If it goes on so: %s at the end (%s to %s).", k.amount(&k.Forecast.Value), k.amount(&k.Forecast.Lo), k.amount(&k.Forecast.Hi))
	case k.Pace != nil:
		return "Pace " + strconv.FormatFloat(*k.Pace, 'f', 2, 64) + "; 1 is a straight line to the target. No forecast yet."
	}
	return "No forecast can be made."
}
