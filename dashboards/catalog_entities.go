package dashboards

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	entityRows  = 100  // on a page
	entityChunk = 1000 // asked for at once while rows of one cause are looked for
)

// entitiesPage is the list behind the figures of catalogs: a row each field of an entity.
type entitiesPage struct {
	Mistakes    []string
	Filters     filters
	Past        string
	Empty       *empty
	Table       table
	First, Next string
	CSV, JSON   string
	last        query.CatalogEntityKey
}

// entitySelection narrows the list of entities down to what a figure counts.
type entitySelection struct {
	name, text string
	narrow     func(*query.CatalogEntitiesQuestion)
	params     []string // the same for the API, as pairs; nil where it has none
}

// entitySelections lists what the figures of catalogs count.
func entitySelections() []entitySelection {
	type Q = query.CatalogEntitiesQuestion
	list := []entitySelection{
		{"", "Everything", func(*Q) {}, nil},
		{"counted", "What is counted", func(q *Q) { q.Counted = true }, nil},
	}
	add := func(name, param string, set func(*Q, string), yes, no, unknown string) {
		for _, one := range [][3]string{{name, "yes", yes}, {name + "-no", "no", no}, {name + "-unknown", "unknown", unknown}} {
			if truth := one[1]; one[2] != "" {
				list = append(list, entitySelection{one[0], one[2], func(q *Q) { set(q, truth) }, []string{param, truth}})
			}
		}
	}
	add("fresh", "fresh", func(q *Q, t string) { q.Fresh = t }, "Fresh", "Not fresh", "Fresh or not, not known")
	add("right", "right", func(q *Q, t string) { q.Right = t }, "Owner right", "Owner not right", "Owner right or not, not known")
	for i, s := range steps() {
		set := func(q *Q, t string) {
			*[]*string{&q.Steps.O1, &q.Steps.O2, &q.Steps.O3, &q.Steps.O4, &q.Steps.O5}[i] = t
		}
		name := strings.ToLower(s.name)
		add(name, name, set, s.name+" "+s.short, "Not "+s.name+" "+s.short, s.name+" "+s.short+", not known")
	}
	add("then", "then", func(q *Q, t string) { q.Then = t }, "Would be fresh", "Would not be fresh", "Would be fresh or not, not known")
	list = append(list, entitySelection{"then-gained", "Would be fresh, and is not", func(q *Q) { q.Then = "gained" }, []string{"then", "gained"}})
	add("ghost", "ghost", func(q *Q, t string) { q.Ghost = t }, "Ghosts", "With a living source", "Ghost or not, not known")
	add("orphan", "orphan", func(q *Q, t string) { q.Orphan = t }, "Orphans", "", "")
	add("problems", "problems", func(q *Q, t string) { q.Found = t }, "With errors of the portal", "", "")
	return list
}

// entitySelection returns how a request narrows the list down.
func (q *request) entitySelection() entitySelection {
	var names []string
	for _, s := range entitySelections() {
		names = append(names, s.name)
	}
	return entitySelections()[slices.Index(names, q.oneOf("show", names...))]
}

func fillCatalogEntities(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	catalogs, err := p.catalogs(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := entitiesPage{Empty: catalogs.empty(q, known), Table: table{Label: "Entities and their fields",
		Columns: texts("Entity", "Repository", "Field", "Value", "Verdict", "Why", "Since")}}
	page.Filters = known.filters(q, "team")
	if page.Empty == nil {
		if err := p.fillEntities(ctx, q, known, catalogs, &page); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "Catalog entities", body: &page,
		intro: "What was found out about each entity of the catalog: a row each field, with the reason, and the file and line that it stands on."}, nil
}

// fillEntities asks for the rows of the page.
func (p *Pages) fillEntities(ctx context.Context, q *request, known *known, c catalogs, page *entitiesPage) error {
	if c.past() {
		page.Past = fmt.Sprintf("Entities are listed as they were judged last, on %s. Of earlier judgements only figures are kept.", minute(metrics.At(*c.last)))
	}
	fields, err := query.CatalogWords(ctx, p.DB, query.CatalogField, q.values["source"])
	if err != nil {
		return fmt.Errorf("ask which fields entities have: %w", err)
	}
	chosen := q.entitySelection()
	ask, cause := q.entities(fields, known)
	if ask.Without, err = p.simulated(ctx, q, "without"); err != nil {
		return err
	}
	if ask.Automated, err = p.simulated(ctx, q, "automated"); err != nil {
		return err
	}
	chosen.narrow(&ask)
	more, err := p.pickEntities(ctx, q, ask, cause, page)
	if err != nil {
		return err
	}
	if (ask.Fillable != "" || ask.Automated != "") && len(page.Table.Rows) == 0 {
		if err := p.fillableKept(ctx, q, page); err != nil {
			return err
		}
	}
	page.Filters.prepend(q, c.field(q), selectionField(q), listField(q, "verdict", "Verdict", "All verdicts", verdicts()),
		listField(q, "field", "Field", "All fields", fields), filledField(q), fillableField(q), causeField(q),
		field{Name: "without", Label: "Without", Type: "text", Value: q.values["without"]},
		field{Name: "automated", Label: "Automated", Type: "text", Value: q.values["automated"]}, field{Name: "entity", Label: "Entity", Type: "text", Value: q.values["entity"]})
	page.Table.Caption = plural(len(page.Table.Rows), "row", "rows")
	if page.Table.Caption += ", by catalog and entity"; more || q.values["next"] != "" {
		page.Table.Caption = plural(len(page.Table.Rows), "row", "rows") + ", a part of the list, by catalog and entity"
	}
	page.links(q, chosen, more)
	return nil
}

// fillableKept says so where it was not kept what could fill fields: things that count have an owner, which something could fill or
// nothing.
func (p *Pages) fillableKept(ctx context.Context, q *request, page *entitiesPage) error {
	for _, is := range []string{"", "yes", "no"} {
		rows, err := query.CatalogEntities(ctx, p.DB, query.CatalogEntitiesQuestion{Source: q.values["source"], Fillable: is, Counted: true, Limit: 1})
		if err != nil {
			return fmt.Errorf("ask whether it was kept what could fill fields: %w", err)
		}
		if (len(rows) == 0) == (is == "") {
			return nil
		}
	}
	page.Past = strings.TrimSpace(page.Past + " What could fill fields is known with the next scan: this judgement did not keep it.")
	return nil
}

// entities reads which entities and fields of them a request asks for.
func (q *request) entities(fields []string, known *known) (ask query.CatalogEntitiesQuestion, cause string) {
	ask = query.CatalogEntitiesQuestion{Source: q.values["source"], Team: known.team(q), After: q.afterEntity(),
		Verdict: q.oneOf("verdict", append([]string{""}, query.CatalogVerdicts()...)...)}
	var words []string
	for _, c := range causes() {
		words = append(words, c.Value)
	}
	cause = q.oneOf("cause", append([]string{""}, words...)...)
	if field, given := q.values["field"]; given && !slices.Contains(fields, field) {
		q.noField(field)
		delete(q.values, "field")
	}
	ask.Field = q.values["field"]
	ask.Filled, ask.Fillable = q.oneOf("filled", "", "yes", "no"), q.oneOf("fillable", "", "yes", "no")
	if text, given := q.values["entity"]; given {
		ref, err := metrics.ParseEntityRef(text, "any", "")
		switch {
		case err != nil:
			q.wrong("entity: %q is no reference; write payments, or component:default/payments.", text)
			delete(q.values, "entity")
		case strings.Contains(text, ":"):
			ask.Entity = ref.String()
		default:
			ask.Entity = ref.Namespace + "/" + ref.Name
		}
	}
	return ask, cause
}

// simulated reads the fields of a parameter that says what would become of them. Not every catalog has each of them.
func (p *Pages) simulated(ctx context.Context, q *request, parameter string) (string, error) {
	if _, given := q.values[parameter]; !given {
		return "", nil
	}
	fields, err := query.CatalogWords(ctx, p.DB, query.CatalogField, "")
	if err != nil {
		return "", fmt.Errorf("ask which fields there are: %w", err)
	}
	if q.values[parameter] = strings.Join(q.fields(parameter, fields), ","); q.values[parameter] == "" {
		delete(q.values, parameter)
	}
	return q.values[parameter], nil
}

// noField notes that a field is none of the catalog that is asked for, or of any.
func (q *request) noField(name string) {
	switch source := q.values["source"]; source {
	case "":
		q.wrong("No catalog has a field %q.", name)
	case metrics.Portals:
		q.wrong("No portal has a field %q.", name)
	default:
		q.wrong("Catalog %s has no field %q.", source, name)
	}
}

// pickEntities takes the rows of one page; more says whether there are others after them. The fields of an entity stay together.
func (p *Pages) pickEntities(ctx context.Context, q *request, ask query.CatalogEntitiesQuestion, cause string, page *entitiesPage) (more bool, err error) {
	ask.Limit = entityRows + 1
	if cause != "" {
		ask.Limit = entityChunk
	}
	heads, err := p.heads(ctx)
	if err != nil {
		return false, err
	}
	for {
		rows, err := query.CatalogEntities(ctx, p.DB, ask)
		if err != nil {
			return false, fmt.Errorf("ask for entities of catalogs: %w", err)
		}
		for _, r := range rows {
			lines := p.entityLines(q, r, cause, heads)
			if before := len(page.Table.Rows); before > 0 && len(lines) > 0 && before+len(lines) > entityRows {
				return true, nil
			}
			page.Table.Rows, page.last = append(page.Table.Rows, lines...), r.Key()
		}
		if len(rows) < ask.Limit {
			return false, nil
		}
		key := rows[len(rows)-1].Key()
		ask.After = &key
	}
}

// entityLines are the rows of an entity: its fields, those of one cause where one is asked for.
func (p *Pages) entityLines(q *request, r query.CatalogEntityRow, cause string, heads map[string]string) [][]cell {
	var lines [][]cell
	for _, f := range r.Fields {
		if cause == "" || f.Cause == cause {
			lines = append(lines, p.fieldLine(q, r, f, heads))
		}
	}
	return lines
}

// fieldLine is a field of an entity.
func (p *Pages) fieldLine(q *request, r query.CatalogEntityRow, f query.CatalogFieldState, heads map[string]string) []cell {
	verdict, why, since := cell{Verdict: f.Verdict}, say(f.Reason), timed(stampOf(f.Since))
	if f.Reason == "" {
		why = say(causeWords(f.Cause))
	}
	if f.Field == metrics.FieldOwner && r.Counted {
		why.Sub = ownerReaches(r.Owner)
	}
	if f.Truth != nil && *f.Truth != "" {
		why.Sub = append(why.Sub, couldFill(*f.Truth))
	}
	switch {
	case f.Since != nil && !f.Dated:
		since.Sub = []string{"found then"}
	case f.Since == nil && f.Confirmed != nil:
		since = timed(stampOf(f.Confirmed))
		since.Sub = []string{"confirmed then"}
	}
	field := say(f.Field, standsOn(r, f)...)
	field.SubHref = p.standsAt(r, f, heads)
	return []cell{entityCell(q, r), repoCell(q, r), field, say(clipped(strings.Join(f.Values, ", "))), verdict, why, since}
}

// entityCell names an entity, with what is wrong with it as a whole.
func entityCell(q *request, r query.CatalogEntityRow) cell {
	c := lead(r.Entity, q.link("/catalog/entities", nil, "source", r.Source, "entity", r.Entity), "in "+r.Source)
	switch {
	case !r.Counted:
		c.Sub = append(c.Sub, "not counted")
	case r.Ghost == "yes":
		c.Sub = append(c.Sub, "ghost: "+causeWords(r.GhostBy))
	}
	if r.Orphan {
		c.Sub = append(c.Sub, "orphan")
	}
	for i, problem := range r.Found {
		if i == 3 {
			c.Sub = append(c.Sub, fmt.Sprintf("and %s more errors", count(len(r.Found)-i)))
			break
		}
		c.Sub = append(c.Sub, clipped(problem))
	}
	return c
}

// repoCell is the repository that an entity is about; it leads there where the repository is known.
func repoCell(q *request, r query.CatalogEntityRow) cell {
	c := say(r.Repo)
	if r.Repo != "" && (r.Ghost == "no" || r.GhostBy == "repo_archived" || r.GhostBy == "repo_quiet") {
		c.Href = q.link("/repo", nil, "repo", r.Repo)
	}
	if r.Folder != "" {
		c.Sub = []string{r.Folder}
	}
	return c
}

// standsOn says on which line of which file a field stands; nothing where that is not known.
func standsOn(r query.CatalogEntityRow, f query.CatalogFieldState) []string {
	if r.File == nil {
		return nil
	}
	where := []string{r.File.Path}
	if f.Line != nil {
		where[0] += ":" + strconv.Itoa(*f.Line)
	}
	if r.File.Repo != r.Repo {
		where = append(where, "in "+r.File.Repo)
	}
	return where
}

// standsAt is where the host shows the line that a field stands on, in the commit that was read; as it is now where a portal read it;
// "" where that is not known.
func (p *Pages) standsAt(r query.CatalogEntityRow, f query.CatalogFieldState, heads map[string]string) string {
	if r.File == nil {
		return ""
	}
	commit, line := "HEAD", 0
	if r.Source == metrics.DescribedSource {
		commit = cmp.Or(heads[r.File.Repo], commit)
	}
	if f.Line != nil {
		line = *f.Line
	}
	return p.line(r.File.Repo, commit, r.File.Path, line)
}

// heads are the commits at which repositories were read last, by their names.
func (p *Pages) heads(ctx context.Context) (map[string]string, error) {
	rows, err := query.Repos(ctx, p.DB, query.ReposQuestion{})
	if err != nil {
		return nil, fmt.Errorf("ask at which commits repositories were read: %w", err)
	}
	heads := make(map[string]string, len(rows))
	for _, r := range rows {
		if r.Head != nil {
			heads[r.Repo] = *r.Head
		}
	}
	return heads, nil
}

// selectionField is the filter of what figures count.
func selectionField(q *request) field {
	f := field{Name: "show", Label: "Show", Value: q.values["show"]}
	for _, s := range entitySelections() {
		f.Options = append(f.Options, option{Value: s.name, Text: s.text})
	}
	return f.choose()
}

// filledField is the filter of whether a field is filled.
func filledField(q *request) field {
	return field{Name: "filled", Label: "Filled", Value: q.values["filled"],
		Options: []option{{Text: "Filled or not"}, {Value: "yes", Text: "filled"}, {Value: "no", Text: "not filled"}}}.choose()
}

// fillableField is the filter of whether something could fill a field.
func fillableField(q *request) field {
	return field{Name: "fillable", Label: "Fillable", Value: q.values["fillable"],
		Options: []option{{Text: "Fillable or not"}, {Value: "yes", Text: "fillable"}, {Value: "no", Text: "not fillable"}}}.choose()
}

// causeField is the filter of causes.
func causeField(q *request) field {
	return field{Name: "cause", Label: "Why", Value: q.values["cause"], Options: append([]option{{Text: "Any reason"}}, causes()...)}.choose()
}

// listField is a filter of words.
func listField(q *request, name, label, all string, words []string) field {
	f := field{Name: name, Label: label, Value: q.values[name], Options: []option{{Text: all}}}
	for _, word := range words {
		f.Options = append(f.Options, option{Value: word, Text: clipped(word)})
	}
	return f.choose()
}

// links adds the addresses of other pages of the list, and of the same question to the API. That tells of owners apart.
func (page *entitiesPage) links(q *request, chosen entitySelection, more bool) {
	kept := []string{"source", "show", "verdict", "field", "filled", "fillable", "without", "automated", "cause", "entity", "team"}
	if q.values["next"] != "" {
		page.First = q.link(q.address, kept)
	}
	if more {
		if key, err := json.Marshal(page.last); err == nil {
			page.Next = q.link(q.address, kept, "next", base64.RawURLEncoding.EncodeToString(key))
		}
	}
	address, asked := "/api/v1/catalog/entities", []string{"source", "verdict", "field", "filled", "fillable", "without", "automated", "entity", "team"}
	if len(chosen.params) > 0 && (chosen.params[0] == "right" || strings.HasPrefix(chosen.params[0], "o") && chosen.params[0] != "orphan") {
		address, asked = "/api/v1/catalog/owners", []string{"source", "verdict", "entity", "team"}
	}
	pairs := append(slices.Clone(chosen.params), "as_of", "")
	page.JSON = q.link(address, asked, pairs...)
	page.CSV = q.link(address, asked, append(pairs, "format", "csv", "limit", "0")...)
}

// afterEntity returns the last entity of the page before; nil for the first page.
func (q *request) afterEntity() *query.CatalogEntityKey {
	var key query.CatalogEntityKey
	b, err := base64.RawURLEncoding.DecodeString(q.values["next"])
	if err != nil || json.Unmarshal(b, &key) != nil {
		return nil
	}
	return &key
}
