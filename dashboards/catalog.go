package dashboards

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// catalogPage says how fresh the software catalogs are, how far their owners get, and which fields are worth their upkeep.
type catalogPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	ChartsBuilt bool
	Judged      stamp
	Asked       string // the fields that make an entity fresh
	Past        string // where it shows an earlier judgement than the last, of which lists are not kept
	Cards       []catalogCard
	Ladders     []ladder
	Audit       *audit // nil in the past, as are the lists
	Lists       *catalogLists
}

// catalogCard is the headline of one catalog.
type catalogCard struct {
	ID, Title, About string
	Headline         figure
	Rates            []catalogRate
	Facts            []fact
	Notes            []string
	NotRead          string // why it was not read whole
}

// Ranged reports whether a share of a catalog is a range.
func (page *catalogPage) Ranged() bool {
	return slices.ContainsFunc(page.Cards, func(c catalogCard) bool {
		return c.Headline.Range || slices.ContainsFunc(c.Rates, func(r catalogRate) bool { return r.Figure.Range })
	})
}

// catalogRate is a share of the entities of a catalog, or of the repositories that it should have.
type catalogRate struct {
	Label  string
	Figure figure
}

func fillCatalog(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	catalogs, err := p.catalogs(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := catalogPage{ChartsBuilt: p.assets.has(chartLibrary), Filters: known.filters(q, "team", "as_of")}
	page.Filters.prepend(q, catalogs.field(q))
	if page.Empty = catalogs.empty(q, known); page.Empty == nil {
		if err := p.fillCatalogs(ctx, q, known, catalogs, &page); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	intro := "What the software catalog says, held against what is really so: entity by entity, field by field."
	switch {
	case known.team(q) != "":
		intro += " The team narrows the lists; rates, the ladder and fields are of whole catalogs."
	case known.group(q) != "":
		intro += " All of it is of whole catalogs: groups do not narrow it."
	}
	return content{heading: "Is the catalog true?", body: &page, intro: intro}, nil
}

// fillCatalogs fills in what is known of catalogs. Lists and audits are of the last judgement alone.
func (p *Pages) fillCatalogs(ctx context.Context, q *request, known *known, c catalogs, page *catalogPage) error {
	measure, err := p.measure(ctx, q)
	if err != nil {
		return err
	}
	page.Asked = askedWords(measure)
	page.Judged = newStamp(metrics.At(c.rows[0].JudgedAt), minute)
	if c.past() {
		page.Past = fmt.Sprintf("This is how catalogs were judged on %s. Of that judgement figures alone are kept: lists, fields and "+
			"dark repositories are known of the last one, of %s.", minute(metrics.At(c.rows[0].JudgedAt)), minute(metrics.At(*c.last)))
	}
	for i, row := range c.rows {
		page.Cards = append(page.Cards, newCatalogCard(q, c, row, i))
		page.Ladders = append(page.Ladders, newLadder(q, c, row, page.ChartsBuilt))
	}
	if c.past() {
		return nil
	}
	if page.Audit, err = p.audit(ctx, q, c, page.ChartsBuilt); err != nil {
		return err
	}
	page.Lists, err = p.catalogLists(ctx, q, known, c)
	return err
}

// askedWords names the fields that make an entity fresh.
func askedWords(m *metrics.Measure) string {
	if m == nil || len(m.FreshFields) == 0 {
		return "the fields that freshness asks for"
	}
	return "the fields " + listed(m.FreshFields)
}

// catalogs are those that were judged as of the moment of a page.
type catalogs struct {
	all  []query.CatalogRow // of every source
	rows []query.CatalogRow // of those that are asked for
	last *time.Time         // when any was judged last; nil where none ever was
}

// judged asks for all of them.
func (p *Pages) judged(ctx context.Context, q *request) (c catalogs, err error) {
	if c.last, err = query.CatalogJudged(ctx, p.DB, max(q.now, q.asOf)); err != nil {
		return c, fmt.Errorf("ask when catalogs were judged: %w", err)
	}
	if c.all, err = query.Catalog(ctx, p.DB, query.CatalogQuestion{AsOf: q.asOf}); err != nil {
		return c, fmt.Errorf("ask for catalogs: %w", err)
	}
	c.rows = c.all
	return c, nil
}

// catalogs asks for them, and notes where a request names one that there is not.
func (p *Pages) catalogs(ctx context.Context, q *request) (catalogs, error) {
	c, err := p.judged(ctx, q)
	if err != nil {
		return c, err
	}
	if source, given := q.values["source"]; given {
		c.rows = slices.DeleteFunc(slices.Clone(c.all), func(r query.CatalogRow) bool { return !metrics.AsksFor(source, r.Source) })
		if len(c.rows) == 0 {
			q.wrong("There is no catalog %q.", source)
			delete(q.values, "source")
			c.rows = c.all
		}
	}
	return c, nil
}

// past reports whether the catalogs are shown as they were judged before the last time.
func (c catalogs) past() bool {
	return len(c.rows) > 0 && c.last != nil && c.rows[0].JudgedAt.Before(*c.last)
}

// several reports whether there is more than one to tell apart.
func (c catalogs) several() bool { return len(c.rows) > 1 }

// field is the filter of catalogs.
func (c catalogs) field(q *request) field {
	f := field{Name: "source", Label: "Catalog", Value: q.values["source"], Options: []option{{Text: "All catalogs"}}}
	for _, row := range c.all {
		f.Options = append(f.Options, option{Value: row.Source, Text: row.Source})
	}
	if n := len(query.Portals(c.all)); n > 1 && n < len(c.all) || f.Value == metrics.Portals {
		f.Options = slices.Insert(f.Options, 1, option{Value: metrics.Portals, Text: "All portals"})
	}
	return f.choose()
}

// choose marks the option that a filter has.
func (f field) choose() field {
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == f.Value
	}
	return f
}

// prepend puts fields before those that a form has.
func (f *filters) prepend(q *request, fields ...field) {
	f.Fields = append(fields, f.Fields...)
	for _, field := range fields {
		f.resets(q, field.Name)
	}
}

// empty says what to do where no catalog was judged; nil where one was.
func (c catalogs) empty(q *request, known *known) *empty {
	switch {
	case len(c.rows) > 0:
		return nil
	case known.fresh.Scanned == metrics.Beginning && c.last == nil && known.empty() != nil:
		return known.empty()
	case c.last != nil && metrics.At(*c.last) > q.asOf:
		return &empty{What: fmt.Sprintf("No catalog was judged by %s.", minute(q.asOf)),
			Next: fmt.Sprintf("Scans judge catalogs as they are then, and nothing tells how they were before. The last judgement is of %s.", minute(metrics.At(*c.last))) + q.beginOfDay(metrics.At(*c.last))}
	}
	return &empty{What: "No catalog was judged yet.", Command: "trodden scan",
		Next: "Add the portal to the sources in trodden.yaml (backstage, roadie, spotify-portal, port, cortex or opslevel), or a " +
			"catalog-info.yaml to a repository. Then run:"}
}

// catalogAbout says what the catalog of files is; portals say by their names what they are.
func catalogAbout(source string) string {
	if source == metrics.DescribedSource {
		return "the catalog files of the repositories"
	}
	return ""
}

// entitiesLink is the address of the list of entities of a catalog that a figure counts: a row each, by its owner, which all have.
func (c catalogs) entitiesLink(q *request, source, show string, pairs ...string) string {
	if c.past() {
		return ""
	}
	return q.link("/catalog/entities", nil, append([]string{"source", source, "field", metrics.FieldOwner, "show", show}, pairs...)...)
}

// rateLink is the address of the list of the entities that a rate of a catalog finds so; where it finds none, of those that it counts.
func (c catalogs) rateLink(q *request, source, show string, rate query.Rate) string {
	switch {
	case rate.Den == 0:
		return ""
	case rate.Num == 0:
		show = "counted"
	}
	return c.entitiesLink(q, source, show)
}

// within returns a share of a catalog as what it can be.
func (c catalogs) within(r query.CatalogRow, rate query.Rate, name string) figure {
	f := newFigure(rate)
	if b, ok := r.Bounds[name]; ok {
		f = f.within(&b)
	}
	return f
}

// newCatalogCard is the headline of a catalog, with what must stand beside it.
func newCatalogCard(q *request, c catalogs, r query.CatalogRow, i int) catalogCard {
	f := c.within(r, r.Fresh, "fresh").to(c.rateLink(q, r.Source, "fresh", r.Fresh))
	f.Words = f.Parts + " entities are fresh"
	card := catalogCard{ID: fmt.Sprint("catalog-", i), Title: r.Source, About: catalogAbout(r.Source), Headline: f,
		Rates: []catalogRate{
			{"Ownership accuracy", c.within(r, r.Owners, "owners").to(c.rateLink(q, r.Source, "right", r.Owners))},
			{"Coverage", c.within(r, r.Coverage, "coverage").to(c.coverageLink(q, r.Source, ""))},
		}}
	if !r.Complete {
		card.NotRead = r.Detail
	}
	card.Facts, card.Notes = c.facts(q, r), c.notes(r)
	return card
}

// facts are the counts of a catalog.
func (c catalogs) facts(q *request, r query.CatalogRow) []fact {
	facts := []fact{
		{Label: "Entities", Text: count(r.Entities), Href: c.entitiesLink(q, r.Source, "counted")},
		{Label: "Ghosts", Text: ghostWords(r), Href: c.entitiesLink(q, r.Source, "ghost")},
		{Label: "Dark", Text: count(r.Dark)},
		{Label: "Half-life", Text: halfLife(r.HalfLifeDays)},
		{Label: "If the advice were followed", Text: shareWords(r.IfFollowed)},
		{Label: "Read", Text: readWords(r)},
	}
	if r.Entities == 0 {
		facts[0].Href = ""
	}
	switch _, unknown := r.Bounds["ghosts"]; {
	case r.Ghosts == 0 && unknown:
		facts[1].Href = c.entitiesLink(q, r.Source, "ghost-unknown")
	case r.Ghosts == 0:
		facts[1].Href = ""
	}
	if r.IfFollowed != nil && !c.past() {
		facts[4].Href = q.link("/catalog", nil, "source", r.Source) + "#fields" // what it advises
	}
	if r.Dark > 0 {
		facts[2].Href = c.coverageLink(q, r.Source, "no")
	}
	if r.Orphans > 0 {
		facts = append(facts, fact{Label: "Orphans, which nothing in the catalog brings any more", Text: count(r.Orphans), Href: c.entitiesLink(q, r.Source, "orphan")})
	}
	if r.Problems != nil && *r.Problems > 0 {
		facts = append(facts, fact{Label: "With errors of the portal", Text: count(*r.Problems), Href: c.entitiesLink(q, r.Source, "problems")})
	}
	if r.Unread > 0 {
		facts = slices.Insert(facts, 3, fact{Label: "In no coverage: active or not, not known", Text: count(r.Unread), Href: c.coverageLink(q, r.Source, query.Nobody)})
	}
	if r.Coverage.Num > 0 {
		covered := fact{Label: "Repositories with an entity", Text: count(r.Coverage.Num), Href: c.coverageLink(q, r.Source, "yes")}
		facts = slices.Insert(facts, 2, covered)
	}
	return facts
}

// notes are what a card says below its figures.
func (c catalogs) notes(r query.CatalogRow) []string {
	var notes []string
	for _, t := range r.Tracks {
		text := fmt.Sprintf("Track %s: %s", clipped(t.Track), plural(t.Entities, "entity", "entities"))
		for _, level := range t.Levels {
			text += fmt.Sprintf(", level %d reached by %s", level.Level, count(level.Passed))
		}
		if r.ReadAt != nil && t.ReadAt.Before(*r.ReadAt) {
			text += ", as it was read last on " + day(metrics.At(t.ReadAt))
		}
		notes = append(notes, text+".")
	}
	return notes
}

// ghostWords counts ghosts: those that are known, and how many more there may be.
func ghostWords(r query.CatalogRow) string {
	text := count(r.Ghosts)
	if b, ok := r.Bounds["ghosts"]; ok {
		text += fmt.Sprintf(" (%s not known)", count(int(b[1]-b[0])))
	}
	return text
}

// halfLife writes after how many days half of what was confirmed has a wrong field.
func halfLife(days *float64) string {
	if days == nil {
		return "longer than can be told yet"
	}
	return plural(int(math.Round(*days)), "day", "days")
}

// shareWords writes a share that may not be there.
func shareWords(share *float64) string {
	if share == nil {
		return nothing
	}
	return percent(*share) + " fresh"
}

// readWords says when a catalog was read last; files are read with their repositories.
func readWords(r query.CatalogRow) string {
	switch {
	case r.ReadAt != nil:
		return minute(metrics.At(*r.ReadAt))
	case r.Source == metrics.DescribedSource:
		return "with the repositories"
	}
	return "not known"
}
