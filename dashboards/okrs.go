package dashboards

import (
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// okrsPage shows how objectives stand: where their key results began, are, and will be if they go on so.
type okrsPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Objectives  []objective
	JSON, CSV   string
}

type objective struct {
	Key, Title, Score, Words string
	Results                  []keyResult
}

// keyResult is one key result with its chart.
type keyResult struct {
	ID, Title, Measure, Whose, Sign, StatusWords, Why string
	Because                                           string // what decides the status
	MeasureWords                                      string
	Span                                              string // the weeks that its line is of; "" where there are none

	Value  cell
	Score  *meter
	Facts  []fact
	Chart  *chart // nil where there is nothing to draw yet
	Weeks  table
	Guards table
	Notes  []string
}

func fillOKRs(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := okrsPage{ChartsBuilt: p.assets.has(chartLibrary), Empty: known.empty(), Filters: known.filters(q, "as_of")}
	var objectives []metrics.Objective
	if p.Objectives != nil {
		objectives = p.Objectives()
	}
	switch {
	case page.Empty != nil:
	case len(objectives) == 0:
		page.Empty = &empty{What: "No objective is defined.", Command: "trodden okrs --help",
			Next: "Add okrs to trodden.yaml: a key, and key results with a measure such as adoption.teams.voluntary, a target, from and to. They are known with the next scan or start. This lists how they are scored:"}
	default:
		rows, err := query.OKRs(ctx, p.DB, objectives, q.asOf)
		if err != nil {
			return content{}, fmt.Errorf("ask for objectives: %w", err)
		}
		catalogs, err := p.judged(ctx, q)
		if err != nil {
			return content{}, err
		}
		page.fill(q, known, catalogs, rows)
	}
	page.JSON, page.CSV = q.link("/api/v1/okrs", nil), q.link("/api/v1/okrs", nil, "format", formatCSV)
	page.Mistakes = q.mistakes
	return content{heading: "Objectives and key results", body: &page,
		intro: "How far each is, how far was planned by now, and where it will be at the end if it goes on as in the last 8 to 12 weeks."}, nil
}

func (page *okrsPage) fill(q *request, known *known, c catalogs, rows []query.OKRRow) {
	for i, row := range rows {
		if n := len(page.Objectives); n == 0 || page.Objectives[n-1].Key != row.Objective {
			o := objective{Key: row.Objective, Title: row.ObjectiveTitle, Score: nothing, Words: "No key result has a score yet."}
			if row.ObjectiveScore != nil {
				o.Score, o.Words = percent(*row.ObjectiveScore), "of the way, as the weighted mean of its key results"
			}
			page.Objectives = append(page.Objectives, o)
		}
		o := &page.Objectives[len(page.Objectives)-1]
		o.Results = append(o.Results, newKeyResult(q, known, c, row, fmt.Sprint("chart-okr-", i), page.ChartsBuilt))
	}
}

// okrStatus says in words how a key result stands.
func okrStatus(row query.OKRRow) string {
	if row.Status == query.StatusUnknown {
		return "not known"
	}
	return strings.ReplaceAll(string(row.Status), "_", " ")
}

// measured writes values of one measure, as the pages do that it is of.
type measured struct{ metrics.Figure }

// unit is what the measure is counted in.
func (m measured) unit() *exploreUnit {
	return map[phrase.Unit]*exploreUnit{phrase.Shares: inShares, phrase.InDays: inDays, phrase.InHours: inHours, phrase.Numbers: inNumbers}[phrase.UnitOf(m.Figure)]
}

func (m measured) text(v *float64) string {
	if v == nil {
		return nothing
	}
	return phrase.Value(m.Figure, *v, thinSpace)
}

// goal writes a target.
func (m measured) goal(v float64) string { return phrase.Goal(m.Figure, v, thinSpace) }

// scale is what a chart draws of a value: shares in percent.
func (m measured) scale(v float64) float64 {
	if m.Share {
		return v * 100
	}
	return v
}

func newKeyResult(q *request, known *known, c catalogs, row query.OKRRow, id string, built bool) keyResult {
	figure, _ := metrics.FindFigure(row.Measure)
	m := measured{figure}
	k := keyResult{ID: id, Title: row.Title, Measure: row.Measure, MeasureWords: measureWords(row.Measure), Whose: known.whose(row.Path, row.Team, row.Group),
		Sign: phrase.Sign(row.Status), StatusWords: okrStatus(row), Value: cell{Text: m.text(row.Value), Href: okrValue(q, row).list(q, c)}}
	k.Because = okrBecause(row, m)
	for _, note := range row.Notes {
		k.Notes = append(k.Notes, noteWords(note))
	}
	if row.Value == nil {
		k.Why = "No figure: " + phrase.WhyNot(row.Reason) + "."
	}
	if row.Num != nil && row.Den != nil {
		k.Value.Sub = append(k.Value.Sub, count(*row.Num)+" of "+count(*row.Den))
	}
	if row.Lo != nil && row.Hi != nil {
		k.Value.Sub = append(k.Value.Sub, "95\u202f% interval "+m.text(row.Lo)+" to "+m.text(row.Hi))
	}
	if row.Score != nil {
		k.Score = &meter{Label: wayMade(*row.Score, row.Elapsed), Share: *row.Score * 100, Mark: row.Elapsed * 100}
	}
	began := ""
	if row.BaselineAt != nil && row.Baseline != nil && row.BaselineNow == nil { // else it is a number that somebody gave, or was told by other definitions
		began = okrBaseline(row).list(q, c)
	}
	k.Facts = []fact{{Label: "From", Text: m.text(row.Baseline) + " on " + day(metrics.At(row.From)), Href: began}}
	if row.BaselineAt == nil && row.Baseline != nil {
		k.Facts[0].Label = "From, as it was set"
		if row.BeginValue != nil && m.text(row.BeginValue) != m.text(row.Baseline) {
			k.Facts = append(k.Facts, fact{Label: "Measured that day", Text: m.text(row.BeginValue), Href: okrValue(q, row).then(metrics.At(row.From)).list(q, c)})
		}
	}
	k.Facts = append(k.Facts, []fact{
		{Label: "To", Text: m.goal(row.Target) + " by " + day(metrics.At(row.To))},
		{Label: "Forecast for the end", Text: m.forecast(row.Forecast)},
	}...)
	if row.BaselineNow != nil {
		k.Notes = append(k.Notes, "As it is told now it would have begun at "+m.text(row.BaselineNow)+"; a definition changed since.")
	}
	ends, meanings := "Target Plan Value", []legend{{tone(m.Name), "value"}} // the other lines say themselves what they are
	if row.Forecast != nil {
		shade, _ := bandOf("var(--" + tone(m.Name) + ")")
		ends, meanings = "Target Plan Forecast", append(meanings, legend{shade, "95\u202f% interval of the forecast"})
	}
	if len(row.Series) > 0 || row.Baseline != nil {
		k.Chart = &chart{ID: id, Built: built, Legend: meanings, Ends: ends, Option: okrChart(id, row, m).JSON(), Label: row.Title + ": its value in the last weeks, the target, the plan, which is the straight way there, and the forecast; the table has the figures"}
	}
	span := "last " + plural(len(row.Series), "week", "weeks")
	k.Weeks = table{Label: "Weeks of " + row.Title, Caption: "State at the begin of each of the " + span, Columns: append(texts("Week"), numbers("Value")...), Next: "There is no week of it yet."}
	for _, w := range row.Series {
		value, at, list := w.Value, w.Period, ""
		if t, err := metrics.ParseInstant(w.Period); err == nil {
			at, list = day(t), okrValue(q, row).then(t).list(q, c)
		}
		k.Weeks.Rows = append(k.Weeks.Rows, []cell{{Text: at, NoWrap: true}, lead(m.text(&value), list)})
	}
	if len(row.Series) > 0 {
		k.Span = span
	}
	k.Guards = guards(q, c, row)
	return k
}

// noteWords is a note for people, to whom reasons are said in words.
func noteWords(note string) string {
	const baseline = "the baseline is that of "
	if at, err := metrics.ParseInstant(strings.TrimPrefix(note, baseline)); err == nil && strings.HasPrefix(note, baseline) {
		return baseline + day(at)
	}
	what, code, _ := strings.Cut(note, ": ")
	if !strings.HasPrefix(what, "there is no baseline") {
		return note
	}
	return what + ": " + phrase.WhyNot(metrics.Reason(code))
}

// guards are the figures that may not suffer.
func guards(q *request, c catalogs, row query.OKRRow) table {
	t := table{Label: "Guards of " + row.Title, Columns: append(texts("What may not suffer"), numbers("Then", "Now")...), Caption: "To reach the target at the cost of one of these is no success."}
	t.Columns = append(t.Columns, texts("In comparison")...)
	for _, g := range row.Guards {
		if g.Guard == row.Measure { // nothing suffers for itself
			continue
		}
		figure, share := metrics.FindFigure(g.Guard)
		m := measured{figure}
		if !share && g.Guard != "exemptions" {
			m.Share = true // activation
		}
		of := okrFigure{row: row, measure: g.Guard, at: okrMoment(q, row)}
		now, so := lead(m.text(g.Value), of.list(q, c)), "as before, or better"
		switch {
		case g.Value == nil:
			now, so = say(""), phrase.WhyNot(g.Reason)
		case g.Baseline == nil:
			so = "nothing to compare it with: there was no figure when it began"
		case g.Worse && m.text(g.Baseline) != m.text(g.Value):
			so = "worse than when it began"
		}
		then := say("")
		if g.Baseline != nil {
			then = lead(m.text(g.Baseline), of.then(okrBegin(row)).list(q, c))
		}
		t.Rows = append(t.Rows, []cell{say(guardWords(g.Guard)), then, now, say(so)})
	}
	return t
}

func guardWords(guard string) string {
	switch guard {
	case "exemptions":
		return "exempt repositories"
	case "retention.d90":
		return "still on the path after 90 days"
	case "activation":
		return "its pipeline runs, of those configured"
	}
	return guard
}

func (m measured) forecast(f *query.Forecast) string {
	if f == nil {
		return nothing
	}
	return m.text(&f.Value) + " (" + m.text(&f.Lo) + " to " + m.text(&f.Hi) + ")"
}

// whose says in words whose figure something is.
func (k *known) whose(path metrics.PathKey, team metrics.TeamKey, group string) string {
	var parts []string
	if path != "" {
		parts = append(parts, k.title(path))
	}
	if team != "" {
		parts = append(parts, "team "+string(team))
	}
	if group != "" {
		parts = append(parts, "group "+group)
	}
	return strings.Join(parts, ", ")
}
