package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	// fieldsKilled is a level that another organisation reached, in percent: the fields that it took out of its catalog; those
	// that stayed fill themselves.
	fieldsKilled = 60

	fieldsShown = 100
	fieldsDrawn = 20
)

// audit says what the fields of catalogs are worth, and what becomes of freshness without some of them.
type audit struct {
	Words  string
	Advice meter
	Charts []auditChart
	Table  table
	More   string // where the table is cut
	CSV    string
	Kill   killing
}

// auditChart is what the fields of one catalog are, drawn.
type auditChart struct {
	Source, Cut string
	Chart       chart
}

// auditedField is a field as it is drawn.
type auditedField struct {
	label  string
	all    int
	counts []int // by verdict
}

// meter is a share of the fields, to be held against the best known case.
type meter struct {
	Share, Mark float64 // percent
	Label       string
}

// killing is the simulation of a catalog without some fields.
type killing struct {
	Hidden        []field // filters that the form keeps
	Fields        []killable
	Advised, None string // addresses of all that the advice kills, and of nothing
	Words, Than   string
	Meter         meter
	Table         table
	Command       string
	JSON          string
}

type killable struct {
	Field, Advice string
	Killed        bool
}

// audit asks for it.
func (p *Pages) audit(ctx context.Context, q *request, c catalogs, built bool) (*audit, error) {
	rows, err := query.CatalogFields(ctx, p.DB, query.CatalogFieldsQuestion{Source: q.values["source"]})
	if err != nil {
		return nil, fmt.Errorf("ask for the fields of catalogs: %w", err)
	}
	sortFields(rows)
	a := audit{CSV: q.link("/api/v1/catalog/fields", []string{"source"}, "as_of", "", "format", "csv", "limit", "0")}
	advised := advice(rows, "kill")
	a.Words = adviceWords(len(fieldNames(rows)), len(advised), len(advice(rows, "automate")))
	a.Advice = newMeter(len(advised), len(fieldNames(rows)), "the advice kills")
	for _, r := range c.rows {
		if chart, some := newAuditChart(r.Source, rows, built); some {
			a.Charts = append(a.Charts, chart)
		}
	}
	a.fill(q, c, rows)
	return &a, p.kill(ctx, q, c, rows, &a.Kill)
}

// adviceWords says how many fields each advice is for.
func adviceWords(fields, kill, automate int) string {
	return fmt.Sprintf("%s: stop asking for %s (kill), have %s filled by what knows the truth (automate), and keep %s as now.",
		plural(fields, "field", "fields"), count(kill), count(automate), count(fields-kill-automate))
}

// sortFields puts first what can be done something about: fields to kill, then those to automate, the worst first.
func sortFields(rows []query.CatalogFieldRow) {
	order := []string{"kill", "automate", "keep"}
	spoilt := func(r query.CatalogFieldRow) int { return r.Wrong.Num + r.Aged.Num }
	slices.SortStableFunc(rows, func(a, b query.CatalogFieldRow) int {
		return cmp.Or(slices.Index(order, a.Advice)-slices.Index(order, b.Advice), spoilt(b)-spoilt(a), cmp.Compare(a.Field, b.Field))
	})
}

// fieldNames are the fields of all catalogs, each once.
func fieldNames(rows []query.CatalogFieldRow) []string {
	var names []string
	seen := make(map[string]bool)
	for _, r := range rows {
		if !seen[r.Field] {
			seen[r.Field], names = true, append(names, r.Field)
		}
	}
	return names
}

// advice returns the fields with an advice: that of every catalog that has them.
func advice(rows []query.CatalogFieldRow, word string) []string {
	other := make(map[string]bool)
	for _, r := range rows {
		other[r.Field] = other[r.Field] || r.Advice != word
	}
	return slices.DeleteFunc(fieldNames(rows), func(name string) bool { return other[name] })
}

func newMeter(n, of int, what string) meter {
	return meter{Share: share(n, of), Mark: fieldsKilled, Label: fmt.Sprintf("%s %s of %s fields; the mark is at %d\u202f%%, which the organisation that went furthest killed", what, count(n), count(of), fieldsKilled)}
}

// newAuditChart draws the fields of a catalog; there may be none.
func newAuditChart(source string, rows []query.CatalogFieldRow, built bool) (c auditChart, some bool) {
	var fields []auditedField
	for _, r := range rows {
		if r.Source == source && r.Filled.Den > 0 {
			fields = append(fields, auditedField{label: clippedTo(r.Field, 32), all: r.Filled.Den,
				counts: []int{r.Right.Num, r.Unverified.Num, r.Aged.Num, r.Wrong.Num, r.Filled.Den - r.Filled.Num}})
		}
	}
	if len(fields) > fieldsDrawn {
		c.Cut = fmt.Sprintf("The first %d of %s fields; the table has more.", fieldsDrawn, count(len(fields)))
		fields = fields[:fieldsDrawn]
	}
	id := "chart-fields-" + source
	c.Source = source
	c.Chart = chart{ID: id, Built: built, Rows: len(fields), Legend: fieldsLegend(), Option: fieldsChart(id, fields).JSON(),
		Label: "Fields of " + source + " by verdict, as shares of the entities that can have them; the table has the figures"}
	return c, len(fields) > 0
}

// fill makes a row of every field.
func (a *audit) fill(q *request, c catalogs, rows []query.CatalogFieldRow) {
	a.Table = table{Label: "Fields of the catalog", Columns: append(texts("Field", "Advice"), numbers("Freshness then", "Filled", "Right", "Unverified", "Aged", "Wrong", "Age", "Values")...),
		Caption: "Right, unverified, aged and wrong are of those that have it filled. Age is the median since somebody confirmed it. Freshness then is what it would be if the advice on this field alone were followed.",
		Next:    "No field was judged: the catalog has no entity that counts."}
	now := make(map[string]*float64)
	for _, r := range c.rows {
		now[r.Source] = r.Fresh.Rate
	}
	for _, r := range rows[:min(len(rows), fieldsShown)] {
		a.Table.Rows = append(a.Table.Rows, fieldRow(q, c, r, now[r.Source]))
	}
	if len(rows) > fieldsShown {
		a.More = fmt.Sprintf("%d of %s rows are shown.", fieldsShown, count(len(rows)))
	}
}

// fieldRow is a field of a catalog.
func fieldRow(q *request, c catalogs, r query.CatalogFieldRow, now *float64) []cell {
	list := func(pairs ...string) string {
		return q.link("/catalog/entities", nil, append([]string{"source", r.Source, "field", r.Field}, pairs...)...)
	}
	filled, unfilled := []string{"filled", "yes", "show", "counted"}, []string{"filled", "no", "show", "counted"}
	part := func(rate query.Rate, so, counted []string) cell { // a list of those that are so; where none is, of those that count
		f := newFigure(rate)
		switch {
		case rate.Num > 0:
			f.Href = list(so...)
		case rate.Den > 0:
			f.Href = list(counted...)
		}
		return rated(f)
	}
	verdict := func(rate query.Rate, word string) cell {
		return part(rate, []string{"verdict", word, "show", "counted"}, filled)
	}
	name := lead(r.Field, list())
	if c.several() {
		name.Sub = []string{"in " + r.Source}
	}
	fill := part(r.Filled, filled, unfilled)
	if empty := r.Filled.Den - r.Filled.Num; empty > 0 {
		fill.Sub, fill.SubHref = []string{count(empty) + " empty"}, list(unfilled...)
	}
	age, then := say(""), say("")
	if r.AgeDays != nil {
		age = lead(plural(int(*r.AgeDays+0.5), "day", "days"), list(filled...)) // of which it is the median
	}
	if r.IfFollowed != nil {
		then = say(percent(*r.IfFollowed))
		if now != nil && percent(*now) != percent(*r.IfFollowed) {
			then.Sub = []string{"now " + percent(*now)}
		}
		switch show := "then"; {
		case *r.IfFollowed == 0:
			then.Href = q.link("/catalog/entities", nil, "source", r.Source, "field", metrics.FieldOwner, "show", "counted")
		case r.Advice == "kill":
			then.Href = freshWithout(q, r.Source, r.Field, show)
		case r.Advice == "automate":
			then.Href = q.link("/catalog/entities", nil, "source", r.Source, "field", metrics.FieldOwner, "automated", r.Field, "show", show)
		default:
			then.Href = q.link("/catalog/entities", nil, "source", r.Source, "field", metrics.FieldOwner, "show", "fresh")
		}
	}
	return []cell{name, adviceBecause(r, list("fillable", "yes", "show", "counted")), then, fill, verdict(r.Right, "right"), verdict(r.Unverified, "unverified"),
		verdict(r.Aged, "aged"), verdict(r.Wrong, "wrong"), age, counted(r.Distinct, list(filled...))}
}

// adviceBecause says why an advice is given, and what could fill the field for how many entities, which lead to their list.
func adviceBecause(r query.CatalogFieldRow, list string) cell {
	if r.Truth == "" {
		return say(r.Advice, r.Why)
	}
	could := couldFill(r.Truth)
	c := say(r.Advice, could+" for "+partsOf(r.Fillable))
	if r.Why != could {
		c.Sub, c.SubAt = append([]string{r.Why}, c.Sub...), 1
	}
	c.SubHref = list
	return c
}

// couldFill says what could fill a field instead of people.
func couldFill(truth string) string { return truth + " could fill it" }

// freshWithout is the address of the list of entities that would be fresh without some fields, or of those that would be so only then.
func freshWithout(q *request, source, fields, show string) string {
	return q.link("/catalog/entities", nil, "source", source, "field", metrics.FieldOwner, "without", fields, "show", show)
}

// kill asks what freshness would be without the fields that the request names.
func (p *Pages) kill(ctx context.Context, q *request, c catalogs, rows []query.CatalogFieldRow, k *killing) error {
	names := fieldNames(rows)
	killed := q.fields("kill", names)
	k.form(q, rows, killed)
	if len(killed) == 0 {
		return nil
	}
	found, err := query.CatalogWithout(ctx, p.DB, q.values["source"], killed, q.asOf)
	if err != nil {
		return fmt.Errorf("ask for catalogs without fields: %w", err)
	}
	k.Meter = newMeter(len(killed), len(names), "this kills")
	k.Than = fmt.Sprintf("%s of %s fields. The organisation that went furthest killed %d\u202f%%: here that would be %s.",
		count(len(killed)), count(len(names)), fieldsKilled, count((len(names)*fieldsKilled+50)/100))
	k.Command = "trodden catalog without " + strings.Join(killed, ",")
	k.JSON = q.link("/api/v1/catalog/without", []string{"source"}, "as_of", "", "fields", strings.Join(killed, ","))
	k.Words = "Without " + listed(killed) + ":"
	k.Table = table{Label: "Freshness without these fields", Columns: append(texts("Catalog"), numbers("Fresh now", "Without them", "Change")...)}
	for _, r := range found {
		k.Table.Rows = append(k.Table.Rows, withoutRow(q, r))
	}
	return nil
}

// withoutRow is a catalog without some fields.
func withoutRow(q *request, r query.CatalogWithoutRow) []cell {
	without := strings.Join(r.Without, ",")
	now, then, change := newFigure(r.Now), newFigure(r.Fresh).within(r.Bounds), say("")
	now.Href = catalogs{}.rateLink(q, r.Source, "fresh", r.Now)
	if r.Fresh.Num > 0 {
		then.Href = freshWithout(q, r.Source, without, "then")
	} else {
		then.Href = catalogs{}.rateLink(q, r.Source, "counted", r.Fresh)
	}
	switch more := r.Fresh.Num - r.Now.Num; {
	case r.Fresh.Rate == nil:
		then.Why = "nothing is left that makes an entity fresh"
	case more == 0:
		change = say("none")
	case more > 0:
		change = lead(plural(more, "entity", "entities")+" more", freshWithout(q, r.Source, without, "then-gained"))
	default:
		change = say(plural(-more, "entity", "entities") + " less")
	}
	return []cell{say(r.Source), rated(now), rated(then), change}
}

// form fills in the checkboxes.
func (k *killing) form(q *request, rows []query.CatalogFieldRow, killed []string) {
	for _, name := range []string{"source", "team", "as_of"} {
		if value, given := q.values[name]; given {
			k.Hidden = append(k.Hidden, field{Name: name, Value: value})
		}
	}
	words := make(map[string][]string)
	for _, r := range rows {
		if !slices.Contains(words[r.Field], r.Advice) {
			words[r.Field] = append(words[r.Field], r.Advice)
		}
	}
	for i, name := range fieldNames(rows) {
		if is := slices.Contains(killed, name); is || i < fieldsShown {
			k.Fields = append(k.Fields, killable{name, strings.Join(words[name], " or "), is})
		}
	}
	if advised := advice(rows, "kill"); len(advised) > 0 {
		k.Advised = q.link("/catalog", []string{"source", "team"}, "kill", strings.Join(advised, ",")) + "#kill"
	}
	if len(killed) > 0 {
		k.None = q.link("/catalog", []string{"source", "team"}) + "#kill"
	}
}

// fields are those that a parameter of a request names. Fields that no catalog has are told.
func (q *request) fields(parameter string, names []string) []string {
	var fields []string
	for name := range strings.SplitSeq(q.values[parameter], ",") {
		switch name = strings.TrimSpace(name); {
		case name == "":
		case !slices.Contains(names, name):
			q.noField(name)
		default:
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// listed writes words one after the other, the last after an and.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
