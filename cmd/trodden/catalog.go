package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// catalogNames are the catalogs that the configuration has, that of files, and all but that where they are several.
func catalogNames(c *config.Config) []string {
	names := []string{metrics.DescribedSource + "\tthe catalog files of the repositories"}
	for _, s := range c.Sources {
		if s.Catalog != nil {
			names = append(names, s.Name)
		}
	}
	if len(names) > 2 {
		names = append(names, metrics.Portals+"\tall of them but "+metrics.DescribedSource)
	}
	return names
}

// catalogFlags are what questions about catalogs are narrowed down by.
type catalogFlags struct {
	source, asOf, advice, fields, kind, entity, repo, team, verdict, field, filled, fillable, fresh, ghost, orphan, problems, right, template, path string

	steps [5]string // of the owner ladder
}

// text offers a flag that takes a text.
func (f *catalogFlags) text(cmd *cobra.Command, into *string, name, words string) {
	cmd.Flags().StringVar(into, name, "", words)
}

// words offers a flag that takes one of a few words.
func (f *catalogFlags) words(cmd *cobra.Command, into *string, name, doc string, list []string) {
	f.text(cmd, into, name, doc+": "+strings.Join(list, ", "))
	complete(cmd, name, list)
}

// catalog offers --source.
func (f *catalogFlags) catalog(p *program, cmd *cobra.Command) {
	f.text(cmd, &f.source, "source", "only this catalog, as its source is called; files: the catalog files of the repositories; portals: all but those")
	completeWith(cmd, "source", p.fromConfig(catalogNames))
}

// things offers the flags that say which entities are meant.
func (f *catalogFlags) things(p *program, cmd *cobra.Command) {
	f.catalog(p, cmd)
	f.text(cmd, &f.kind, "kind", "only this kind of entities, such as component")
	f.text(cmd, &f.entity, "entity", "only this entity: NAME, NAMESPACE/NAME (of every kind), KIND:NAME or KIND:NAMESPACE/NAME")
	f.text(cmd, &f.repo, "repo", "only what is about this repository")
	f.text(cmd, &f.team, "team", "only those whose owner means this team")
	completeWith(cmd, "team", p.fromConfig(teamKeys))
	f.words(cmd, &f.verdict, "verdict", "only those with this verdict", query.CatalogVerdicts())
}

// check refuses what no question can mean.
func (f *catalogFlags) check() error {
	for i, step := range f.steps {
		if err := oneOf(stepFlag(i), step, truthWords()); err != nil {
			return err
		}
	}
	truths := truthWords()
	return firstError(oneOf("verdict", f.verdict, query.CatalogVerdicts()), oneOf("advice", f.advice, query.CatalogAdvices()),
		oneOf("fresh", f.fresh, truths), oneOf("ghost", f.ghost, truths), oneOf("right", f.right, truths),
		oneOf("filled", f.filled, yesOrNo()), oneOf("fillable", f.fillable, yesOrNo()),
		oneOf("orphan", f.orphan, yesOrNo()), oneOf("problems", f.problems, yesOrNo()), isDate("as-of", f.asOf))
}

// query returns what is set as the API takes it.
func (f *catalogFlags) query() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{
		"source": f.source, "as_of": f.asOf, "advice": f.advice, "fields": f.fields, "kind": f.kind, "entity": f.entity, "repo": f.repo,
		"team": f.team, "verdict": f.verdict, "field": f.field, "filled": f.filled, "fillable": f.fillable, "fresh": f.fresh, "ghost": f.ghost,
		"orphan": f.orphan, "problems": f.problems, "right": f.right, "template": f.template, "path": f.path,
	} {
		set(query, name, value)
	}
	for i, step := range f.steps {
		set(query, stepFlag(i), step)
	}
	return query
}

// stepFlag is the flag of a step of the owner ladder, and how the API calls it.
func stepFlag(i int) string { return fmt.Sprintf("o%d", i+1) }

// truthWords are the words for what may not be known.
func truthWords() []string { return []string{"yes", "no", "unknown"} }

// yesOrNo are the words for what is known.
func yesOrNo() []string { return []string{"yes", "no"} }

// about makes a command that asks about catalogs.
func (f *catalogFlags) about(p *program, resource string, table func(io.Writer, *answer) error, cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.PreRunE = func(*cobra.Command, []string) error { return f.check() }
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.ask(cmd, question{resource: resource, query: f.query(), table: table})
	}
	return cmd
}

func (p *program) catalogCommand() *cobra.Command {
	var f catalogFlags
	table := func(w io.Writer, a *answer) error { return catalogTable(w, a, f.asOf != "") }
	cmd := f.about(p, "catalog", table, &cobra.Command{
		Use: "catalog", Short: "How fresh the software catalog is, and how true",
		Long: `Prints for every catalog (portals that are configured as sources, and "files": all catalog files of the
repositories) what the last scan found out about it:

  FRESH      things whose owner is right, and of whose fields in measure.fresh_fields none is wrong or aged
  OWNERS     things whose owner is an existing team with an active member, of whom one committed there in
             90 days (or nobody did)
  COVERAGE   active repositories that have an entry; the others are DARK
  GHOSTS     things without a living source; beside it, of how many that is not known
  HALF-LIFE  days after which half of what was confirmed has a wrong field (Kaplan-Meier)

Below it stand the steps of the owner ladder. What is not known counts as not so, and is told beside. People,
teams and places of files do not count. Portals give no date that can be trusted: a field is confirmed when its
value was last changed, by the history of its file, else by what scans saw.

Catalogs are judged after each scan, as they are then: --as-of asks for the judgement that was the last one by then,
and says when that was. Of a time before the first one nothing is told.`,
		Example: `  trodden catalog
  trodden catalog --source backstage --as-of 2026-07-01 --output json
  trodden catalog fields --advice kill              # what nobody need be asked for
  trodden catalog owners --verdict wrong            # whose name is on what somebody else works on
  trodden catalog entities --verdict wrong --field lifecycle`,
	})
	f.catalog(p, cmd)
	f.text(cmd, &f.asOf, "as-of", "as it was judged last by then (default: now)")
	cmd.AddCommand(p.catalogFieldsCommand(), p.catalogWithoutCommand(), p.catalogEntitiesCommand(), p.catalogOwnersCommand(),
		p.catalogTemplatesCommand(), p.catalogDarkCommand(), p.catalogDuplicatesCommand(), p.catalogDisagreementsCommand(), p.catalogPatchesCommand(),
		p.catalogPushCommand())
	return cmd
}

// catalogRow is what tables show of a catalog.
type catalogRow struct {
	Source                  string
	ReadAt                  string `json:"read_at"`
	Complete                bool
	Detail                  string
	Entities                int
	Fresh, Owners, Coverage rate
	Ghosts, Dark, Unread    int
	Orphans                 int
	Problems                *int
	HalfLife                *float64 `json:"half_life_days"`
	Followed                *float64 `json:"freshness_if_followed"`
	Bounds                  map[string][2]float64
	Ladder                  struct{ O1, O2, O3, O4, O5 rate }
	Tracks                  []catalogTrack
}

// catalogTrack is what is shown of a track.
type catalogTrack struct {
	Track    string
	ReadAt   string `json:"read_at"`
	Entities int
	Levels   []struct{ Level, Passed int }
}

// words says in a line how far entities are on the track, and as of when where its catalog was read since then.
func (t catalogTrack) words(read string) string {
	text := fmt.Sprintf("track %s: %s", plain(t.Track), count(t.Entities, "entity", "entities"))
	for _, l := range t.Levels {
		text += fmt.Sprintf(", level %d reached by %s", l.Level, number(l.Passed))
	}
	if t.ReadAt < read {
		text += ", as it was read last at " + moment(t.ReadAt)
	}
	return text
}

// catalogTable prints the rows, and the owner ladder of each catalog. Past is whether they are asked for as of a moment.
func catalogTable(w io.Writer, a *answer, past bool) error {
	rows, err := rowsOf[catalogRow](a)
	if err != nil {
		return err
	}
	if len(rows) == 0 && past {
		_, err := fmt.Fprintf(w, "no catalog was judged by %s: scans judge them as they are then, and nothing tells how they were before\n", moment(a.AsOf))
		return err
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "no catalog was judged yet: `trodden scan` does that, once a catalog is configured as a source or a repository has a catalog file")
		return err
	}
	if err := writeTable(w, rows, catalogColumns()); err != nil {
		return err
	}
	for _, r := range rows {
		if err := r.more(w); err != nil {
			return err
		}
	}
	return nil
}

func catalogColumns() []column[catalogRow] {
	type R = catalogRow
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"ENTITIES", true, func(r R) string { return number(r.Entities) }},
		{"FRESH", true, func(r R) string { return r.Fresh.String() }},
		{"OWNERS", true, func(r R) string { return r.Owners.String() }},
		{"COVERAGE", true, func(r R) string { return r.Coverage.String() }},
		{"GHOSTS", true, R.ghosts},
		{"DARK", true, func(r R) string { return number(r.Dark) }},
		{"HALF-LIFE", true, func(r R) string {
			if r.HalfLife == nil {
				return none
			}
			return fmt.Sprintf("%.0f d", *r.HalfLife)
		}},
	}
}

// ghosts are those that are known, and of how many more it is not known.
func (r catalogRow) ghosts() string {
	text := number(r.Ghosts)
	if b, ok := r.Bounds["ghosts"]; ok {
		text += " (" + number(int(b[1]-b[0])) + " unknown)"
	}
	return text
}

// more prints what the table has no room for.
func (r catalogRow) more(w io.Writer) error {
	lines := []string{plain(r.Source)}
	if r.Entities > 0 {
		for _, step := range []struct {
			name  string
			rate  rate
			words string
		}{
			{"O1", r.Ladder.O1, "an owner is filled in"}, {"O2", r.Ladder.O2, "it is an existing team"}, {"O3", r.Ladder.O3, "with an active member"},
			{"O4", r.Ladder.O4, "of whom one committed there in 90 days"}, {"O5", r.Ladder.O5, "and the team has most commits of 180 days"},
		} {
			lines = append(lines, fmt.Sprintf("%s  %-24s %s%s", step.name, step.rate, step.words, r.atMost("ladder."+step.name)))
		}
	}
	for _, name := range []string{"fresh", "owners", "coverage"} {
		if more := r.atMost(name); more != "" {
			lines = append(lines, name+strings.TrimPrefix(more, ","))
		}
	}
	if r.Followed != nil && r.Fresh.Rate != nil && *r.Followed > *r.Fresh.Rate {
		lines = append(lines, fmt.Sprintf("%s %% would be fresh if the advice of `trodden catalog fields` were followed", percent(*r.Followed)))
	}
	if r.Unread > 0 {
		lines = append(lines, count(r.Unread, "repository is", "repositories are")+" in no coverage: it is not known whether anybody works there")
	}
	if r.Orphans > 0 {
		lines = append(lines, count(r.Orphans, "orphan: nothing in the catalog brings it any more", "orphans: nothing in the catalog brings them any more"))
	}
	if r.Problems != nil && *r.Problems > 0 {
		lines = append(lines, count(*r.Problems, "entity", "entities")+" with errors of the portal")
	}
	for _, t := range r.Tracks {
		lines = append(lines, t.words(r.ReadAt))
	}
	if !r.Complete {
		lines = append(lines, "not read whole: "+plain(r.Detail))
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n  "))
	return err
}

// atMost says how far a share could go if all were known.
func (r catalogRow) atMost(name string) string {
	b, ok := r.Bounds[name]
	if !ok {
		return ""
	}
	return fmt.Sprintf(", up to %s %% if what is not known were so", percent(b[1]))
}
