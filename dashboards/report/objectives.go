package report

import (
	"cmp"
	"fmt"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// objectives puts the key results into words.
func (r *Report) objectives() section {
	s := section{Title: "Objectives"}
	for _, k := range r.Results {
		f := figure{Title: clip(cmp.Or(k.Title, k.Key), 100) + " (" + clip(cmp.Or(k.ObjectiveTitle, k.Objective), 60) + ")", Href: r.link("/okrs"),
			Value: k.amount(k.Value), State: inWords(k.Status), Sign: phrase.Sign(k.Status), Beside: []string{k.way(), k.outlook()}}
		if k.Before.Status != k.Status && k.Before.Status != "" {
			f.Beside = append(f.Beside, "A week ago: "+inWords(k.Before.Status)+".")
		}
		if k.Next != "" {
			f.Beside = append(f.Beside, k.Next)
		}
		for _, g := range k.Guards {
			if was, is := guarded(g.Guard, g.Baseline), guarded(g.Guard, g.Value); g.Worse && g.Guard != k.Measure && was != is {
				f.Beside = append(f.Beside, fmt.Sprintf("At the expense of %s: from %s to %s.", guardWords(g.Guard), was, is))
			}
		}
		s.Figures = append(s.Figures, f)
	}
	return s
}

// guardWords names what may not suffer for an objective.
func guardWords(guard string) string {
	switch guard {
	case "exemptions":
		return "exemptions"
	case "retention.d90":
		return "stays that last 90 days"
	case "activation":
		return "pipelines that run"
	}
	return guard
}

// guarded writes a value of a guard: exemptions are counted, and the others are shares.
func guarded(guard string, v *float64) string {
	switch {
	case v == nil:
		return "–"
	case guard == "exemptions":
		return phrase.Amount(*v, space)
	}
	return percent(*v)
}

// inWords says how a key result stands.
func inWords[S ~string](s S) string {
	if string(s) == string(query.StatusUnknown) {
		return "not known"
	}
	return words(string(s))
}

// amount writes a value of a key result: a share in percent.
func (k Result) amount(v *float64) string {
	if v == nil {
		return "–"
	}
	figure, _ := metrics.FindFigure(k.Measure)
	return phrase.Value(figure, *v, space)
}

// goal writes the target of a key result.
func (k Result) goal() string {
	figure, _ := metrics.FindFigure(k.Measure)
	return phrase.Goal(figure, k.Target, space)
}

// way says of what the value of a key result is, and where it stands between where it began and where it is to go.
func (k Result) way() string {
	parts, of, score := "", "", ""
	if k.Den != nil && k.Num != nil {
		of = count(*k.Num) + " of " + count(*k.Den)
	}
	if k.Value == nil {
		parts = phrase.WhyNot(k.Reason)
	}
	if k.Score != nil {
		score = percent(*k.Score) + " of the way"
	}
	course := "to " + k.goal() + " by " + k.To.Format("2 Jan 2006")
	if k.Baseline != nil {
		from := "from " + k.amount(k.Baseline)
		if k.BeginValue != nil && k.amount(k.BeginValue) != k.amount(k.Baseline) { // what was set is not where it stood
			from += " (" + k.amount(k.BeginValue) + " was measured)"
		}
		course = from + " " + course
	}
	return sentence(of, parts, course, score)
}

// outlook says where a key result will end.
func (k Result) outlook() string {
	switch {
	case k.Forecast != nil:
		return fmt.Sprintf("If the trend of the last weeks holds: %s at the end (%s to %s).", k.amount(&k.Forecast.Value), k.amount(&k.Forecast.Lo), k.amount(&k.Forecast.Hi))
	case k.Pace != nil:
		return percent(k.Elapsed) + " of it was planned by now. No forecast yet."
	}
	return "No forecast can be made."
}
