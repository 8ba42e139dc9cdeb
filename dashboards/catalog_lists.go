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

// catalogShown is how many rows the lists of this page have; all of them are behind their links.
const catalogShown = 50

// catalogLists are what a catalog lacks, and what should not be in it.
type catalogLists struct {
	Dark, Ghosts, Disagreements, Duplicates cutList
	Patches                                 patchWords
	Templates                               cutList
}

// cutList is a list of which the page shows the first rows.
type cutList struct {
	Words    string
	Table    table
	All, CSV string // where the whole list is
}

// patchWords say how many wrong owners can be put right.
type patchWords struct {
	Words   string
	Reasons table
	Command string
}

// cut takes the first rows of a list, and says of how many.
func cut[R any](rows []R) ([]R, string) {
	if len(rows) > catalogShown {
		return rows[:catalogShown], fmt.Sprintf(" The first %d rows are shown.", catalogShown)
	}
	return rows, ""
}

// catalogLists asks for all of them.
func (p *Pages) catalogLists(ctx context.Context, q *request, k *known, c catalogs) (*catalogLists, error) {
	var l catalogLists
	for _, fill := range []func(context.Context, *request, *known, catalogs, *catalogLists) error{
		p.dark, p.ghosts, p.disagreements, p.duplicates, p.patches, p.templated,
	} {
		if err := fill(ctx, q, k, c, &l); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

// ofTeam says whose lists are shown.
func (k *known) ofTeam(q *request) string {
	if team := k.team(q); team != "" {
		return " of team " + string(team)
	}
	return ""
}

func (p *Pages) dark(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogDark(ctx, p.DB, q.values["source"], known.team(q), q.asOf)
	if err != nil {
		return fmt.Errorf("ask for dark repositories: %w", err)
	}
	some, more := cut(rows)
	repos := make(map[string]bool) // each can be missing in several catalogs
	for _, r := range rows {
		repos[r.Repo] = true
	}
	l.Dark.Words = fmt.Sprintf("%s%s that people work on, and for which a catalog has no entity.%s", plural(len(repos), "repository", "repositories"), known.ofTeam(q), more)
	l.Dark.Table = table{Label: "Dark repositories", Columns: texts("Repository", "Missing in", "Team"),
		Next: "Every active repository has an entity, as far as is known."}
	for _, r := range some {
		l.Dark.Table.Rows = append(l.Dark.Table.Rows, []cell{lead(r.Repo, q.link("/repo", nil, "repo", r.Repo)), say(r.Source), team(q, r.Team)})
	}
	l.Dark.All = q.link("/catalog/repos", []string{"source", "team"}, "only", "no")
	l.Dark.CSV = q.link("/api/v1/catalog/dark", []string{"source", "team"}, "as_of", "", "format", "csv", "limit", "0")
	return nil
}

func (p *Pages) ghosts(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogEntities(ctx, p.DB, query.CatalogEntitiesQuestion{Source: q.values["source"], Team: known.team(q),
		Ghost: "yes", Field: metrics.FieldOwner, Counted: true, Limit: catalogShown + 1})
	if err != nil {
		return fmt.Errorf("ask for ghosts: %w", err)
	}
	some, more := cut(rows)
	total := 0
	for _, r := range c.rows {
		total += r.Ghosts
	}
	l.Ghosts.Words = fmt.Sprintf("%s without a living source: the repository is gone or archived, or nobody works on it.%s", plural(total, "entity", "entities"), more)
	if name := known.ofTeam(q); name != "" {
		l.Ghosts.Words = fmt.Sprintf("Entities%s without a living source: the repository is gone or archived, or nobody works on it.%s", name, more)
	}
	l.Ghosts.Table = table{Label: "Ghosts", Columns: texts("Entity", "Repository", "Why", "Owner"),
		Next: "Everything in the catalog has a living source, as far as is known."}
	for _, r := range some {
		owner := say(clipped(strings.Join(r.Owner.Values, ", ")))
		l.Ghosts.Table.Rows = append(l.Ghosts.Table.Rows, []cell{entityCell(q, r), repoCell(q, r), say(causeWords(r.GhostBy)), owner})
	}
	l.Ghosts.All = q.link("/catalog/entities", []string{"source", "team"}, "show", "ghost", "field", metrics.FieldOwner)
	l.Ghosts.CSV = q.link("/api/v1/catalog/entities", []string{"source", "team"}, "as_of", "", "ghost", "yes", "format", "csv", "limit", "0")
	return nil
}

func (p *Pages) disagreements(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogDisagreements(ctx, p.DB, "")
	if err != nil {
		return fmt.Errorf("ask on what catalogs disagree: %w", err)
	}
	if source := q.values["source"]; source != "" {
		rows = slices.DeleteFunc(rows, func(r query.CatalogDisagreementRow) bool {
			return !metrics.AsksFor(source, r.A.Source) && !metrics.AsksFor(source, r.B.Source)
		})
	}
	some, more := cut(rows)
	l.Disagreements.Words = fmt.Sprintf("%s on which two catalogs say different things of one place.%s", plural(len(rows), "field", "fields"), more)
	l.Disagreements.Table = table{Label: "Disagreements", Columns: texts("Place", "Field", "One says", "Another says")}
	says := func(s query.CatalogSide) cell {
		return lead(cmp.Or(clipped(strings.Join(s.Values, ", ")), nothing), q.link("/catalog/entities", nil, "source", s.Source, "entity", s.Entity), s.Source)
	}
	for _, r := range some {
		l.Disagreements.Table.Rows = append(l.Disagreements.Table.Rows, []cell{say(r.Place), say(r.Field), says(r.A), says(r.B)})
	}
	l.Disagreements.CSV = q.link("/api/v1/catalog/disagreements", nil, "as_of", "", "format", "csv", "limit", "0")
	return nil
}

func (p *Pages) duplicates(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogDuplicates(ctx, p.DB, q.values["source"])
	if err != nil {
		return fmt.Errorf("ask for duplicates in catalogs: %w", err)
	}
	some, more := cut(rows)
	l.Duplicates.Words = fmt.Sprintf("%s that several entities of a catalog claim.%s", plural(len(rows), "place or name", "places and names"), more)
	l.Duplicates.Table = table{Label: "Duplicates", Columns: texts("Claimed", "What", "Catalog", "By")}
	for _, r := range some {
		l.Duplicates.Table.Rows = append(l.Duplicates.Table.Rows, []cell{say(r.Claims), say(r.What), say(r.Source), claimants(r)})
	}
	l.Duplicates.CSV = q.link("/api/v1/catalog/duplicates", []string{"source"}, "as_of", "", "format", "csv", "limit", "0")
	return nil
}

// claimants lists the entities that claim something; of those that share a name with where they are, for references may be
// the same.
func claimants(r query.CatalogDuplicateRow) cell {
	const most = 5
	list := slices.Clone(r.Entities)
	for i := range list {
		if r.What == "name" && len(r.Places) == len(list) {
			list[i] += " in " + r.Places[i]
		}
	}
	if more := len(list) - most; more > 0 {
		list = append(list[:most], fmt.Sprintf("and %s more", count(more)))
	}
	return cell{Text: list[0], Sub: list[1:]}
}

// patches counts the wrong owners that stand in files. What the patches hold is for those who may write: see the command.
func (p *Pages) patches(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogPatches(ctx, p.DB, query.CatalogPatchesQuestion{Source: q.values["source"], Team: known.team(q)})
	if err != nil {
		return fmt.Errorf("ask for patches of wrong owners: %w", err)
	}
	l.Patches = newPatchWords(rows, known.ofTeam(q))
	return nil
}

// newPatchWords says of how many wrong owners there are patches, why there are none of the others, and where there are any, how to get
// them.
func newPatchWords(rows []query.CatalogPatchRow, whose string) patchWords {
	right, repos, reasons := 0, make(map[string]bool), make(map[string]int)
	for _, r := range rows {
		if r.Reason != "" {
			reasons[r.Reason]++
			continue
		}
		right, repos[r.Repo] = right+1, true
	}
	words := patchWords{Words: "No wrong owner stands in a file of a repository.",
		Reasons: table{Label: "Wrong owners without a patch", Caption: "Why the others are not corrected.", Columns: append(texts("Reason"), numbers("Owners")...)}}
	for _, reason := range mostFirst(reasons) {
		words.Reasons.Rows = append(words.Reasons.Rows, []cell{say(reason), say(count(reasons[reason]))})
	}
	if len(rows) == 0 {
		return words
	}
	words.Words = plural(len(rows), "wrong owner stands", "wrong owners stand") + " in files of repositories" + whose + ". "
	if right == 0 {
		words.Words += "None can be put right with certainty."
		words.Reasons.Caption = "Why not."
		return words
	}
	words.Words += fmt.Sprintf("%s can be put right: %s.", count(right), plural(len(repos), "repository has a patch", "repositories have a patch"))
	words.Command = "trodden catalog patches --out DIR"
	return words
}

// mostFirst returns the words of counts, the most frequent first.
func mostFirst(counts map[string]int) []string {
	var words []string
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return words[:min(len(words), catalogShown)]
}

func (p *Pages) templated(ctx context.Context, q *request, known *known, c catalogs, l *catalogLists) error {
	rows, err := query.CatalogTemplates(ctx, p.DB, query.CatalogTemplatesQuestion{Source: q.values["source"], AsOf: q.asOf})
	if err != nil {
		return fmt.Errorf("ask for templates of catalogs: %w", err)
	}
	some, more := cut(rows)
	l.Templates.Words = "What was created from a template, and how far behind it is by now. A template writes down a version once; what is behind in the template itself is handed out again." + more
	l.Templates.Table = table{Label: "Templates and paths", Columns: texts("Template", "Made", "Path", "Use it", "On newest", "Behind, median", "Versions", "Template has", "Newest")}
	for _, i := range []int{1, 3, 4, 5} {
		l.Templates.Table.Columns[i].Number = true
	}
	for _, r := range some {
		l.Templates.Table.Rows = append(l.Templates.Table.Rows, templateCells(q, known, c, r))
	}
	l.Templates.CSV = q.link("/api/v1/catalog/templates", []string{"source"}, "as_of", "", "format", "csv", "limit", "0")
	return nil
}

// templateCells is a template and a path.
func templateCells(q *request, known *known, c catalogs, r query.CatalogTemplateRow) []cell {
	name, behind, own, latest := say(r.Template), say(""), say(""), say("")
	if !r.There {
		name.Sub = append(name.Sub, "not in the catalog any more")
	}
	if c.several() {
		name.Sub = append(name.Sub, "in "+r.Source)
	}
	if m := r.ReleasesBehind.Median; m != nil {
		behind = say(fmt.Sprintf("%g", *m))
	}
	if r.Own != nil {
		own = say(clipped(*r.Own))
		if r.OwnBehind != nil && *r.OwnBehind > 0 {
			own.Sub = []string{plural(*r.OwnBehind, "release", "releases") + " behind"}
		}
	}
	if r.Latest != nil {
		latest = say(clipped(*r.Latest))
	}
	using := rated(newFigure(r.Using))
	if r.Unknown > 0 {
		using.Sub = []string{plural(r.Unknown, "more unknown", "more unknown")}
	}
	return []cell{name, say(count(r.Entities)), lead(known.title(r.Path), q.link("/states", nil, "path", string(r.Path))), using,
		rated(newFigure(r.OnNewest)), behind, pinnedVersions(r), own, latest}
}

// pinnedVersions lists versions with how many entities have each.
func pinnedVersions(r query.CatalogTemplateRow) cell {
	var parts []string
	for _, v := range r.Versions[:min(len(r.Versions), 10)] {
		parts = append(parts, cmp.Or(clipped(v.Version), "none")+": "+count(v.Entities))
	}
	if len(r.Versions) > 10 {
		parts = append(parts, "…")
	}
	return say(strings.Join(parts, ", "))
}
