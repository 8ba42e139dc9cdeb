package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) catalogEntitiesCommand() *cobra.Command {
	var f catalogFlags
	table := func(w io.Writer, a *answer) error { return catalogEntitiesTable(w, a, f.fillable == "yes") }
	cmd := f.about(p, "catalog/entities", table, &cobra.Command{
		Use: "entities", Short: "What was found out about each entry of the catalog, field by field",
		Long: `Prints a line for every field of every entry, with a verdict and the reason for it:

  right        a source of truth agrees
  wrong        a source of truth disagrees
  empty        not filled, or with a word that stands for nothing (tbd, unknown, n/a)
  aged         nothing can check it, and it was confirmed too long ago (measure.stale_after)
  unverified   nothing can check it, and it was confirmed lately, or nobody knows when

With --verdict, --field, --filled or --fillable only those fields are printed; --fillable yes tells what could fill
them instead of people. PROBLEMS, where there are any, is what the portal itself finds wrong with the entry, and
whether it is an orphan: nothing in the catalog brings it any more. The other forms of output have the evidence: the
team, repository or commit that a verdict rests on, the file and line that the field stands on, since when it is
wrong.`,
		Example: `  trodden catalog entities --verdict wrong
  trodden catalog entities --entity payments --output json
  trodden catalog entities --ghost yes --field source
  trodden catalog entities --verdict aged --field lifecycle --team payments
  trodden catalog entities --filled no --fillable yes   # what nobody need be asked for`,
	})
	f.things(p, cmd)
	f.text(cmd, &f.field, "field", "only those that have this field, such as owner")
	f.words(cmd, &f.filled, "filled", "only those with a field (--field where that is given) that is filled, or is not", yesOrNo())
	f.words(cmd, &f.fillable, "fillable", "only those with a field (likewise) that something known could fill, or nothing", yesOrNo())
	f.words(cmd, &f.fresh, "fresh", "only those that are fresh, or are not", truthWords())
	f.words(cmd, &f.ghost, "ghost", "only those without a living source, or with one", truthWords())
	f.words(cmd, &f.orphan, "orphan", "only those that nothing in the catalog brings any more, or that something does", yesOrNo())
	f.words(cmd, &f.problems, "problems", "only those in which the portal itself finds something wrong, or finds nothing", yesOrNo())
	return cmd
}

// catalogEntityRow is what tables show of an entry.
type catalogEntityRow struct {
	Source, Entity, Fresh, Ghost string
	Orphan                       bool
	Problems                     []string
	Fields                       []catalogFieldState
}

// wrong is what the portal itself finds wrong, and that nothing brings the entry any more.
func (r catalogEntityRow) wrong() string {
	all := r.Problems
	if r.Orphan {
		all = append([]string{"orphan"}, all...)
	}
	return clippedTo(strings.Join(strings.Fields(strings.Join(all, "; ")), " "), problemsAt)
}

type catalogFieldState struct {
	Field, Verdict, Reason string
	Values                 []string
	Truth                  string `json:"source_of_truth"`
}

// catalogFieldLine is a line of the table: a field of an entry.
type catalogFieldLine struct {
	catalogEntityRow
	catalogFieldState
}

// catalogEntitiesTable prints a line each field; fillable: with what could fill it.
func catalogEntitiesTable(w io.Writer, a *answer, fillable bool) error {
	rows, err := rowsOf[catalogEntityRow](a)
	if err != nil {
		return err
	}
	var lines []catalogFieldLine
	for _, r := range rows {
		for _, field := range r.Fields {
			lines = append(lines, catalogFieldLine{r, field})
		}
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(w, "no rows")
		return err
	}
	type R = catalogFieldLine
	columns := []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"ENTITY", false, func(r R) string { return r.Entity }},
		{"FIELD", false, func(r R) string { return r.Field }},
		{"VALUE", false, func(r R) string { return clipped(strings.Join(r.Values, ", ")) }},
		{"VERDICT", false, func(r R) string { return r.Verdict }},
		{"REASON", false, func(r R) string { return r.Reason }},
	}
	if fillable {
		columns = append(columns, column[R]{"COULD FILL IT", false, func(r R) string { return r.Truth }})
	}
	if slices.ContainsFunc(rows, func(r catalogEntityRow) bool { return r.wrong() != "" }) {
		columns = append(columns, column[R]{"PROBLEMS", false, func(r R) string { return r.wrong() }})
	}
	return writeTable(w, lines, columns)
}

// How much tables show of a value, and of what a portal finds wrong.
const (
	clippedAt  = 40
	problemsAt = 120
)

// clipped cuts a value for a table.
func clipped(text string) string { return clippedTo(text, clippedAt) }

func clippedTo(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

func (p *program) catalogOwnersCommand() *cobra.Command {
	var f catalogFlags
	cmd := f.about(p, "catalog/owners", tableOf(catalogOwnerColumns()...), &cobra.Command{
		Use: "owners", Short: "How far the owner of each thing in the catalog gets on the ladder",
		Long: `Prints for every thing whom its owner means and how far that gets: an owner is filled in (O1), it is an
existing team (O2) with an active member (O3), of whom one committed there in 90 days (O4), and the team has most
human commits of 180 days (O5). + is reached, – is not, ? is not known. DOES THE WORK is who has most of these
commits, where that is certain, with how many of how many. An owner is right with O2, O3 and O4, or where nobody
committed for 90 days with O2 and O3: then the verdict is unverified, for nothing confirms it. --right and --o1 to
--o5 list what is behind the figures of
` + "`trodden catalog`" + `.`,
		Example: `  trodden catalog owners --verdict wrong
  trodden catalog owners --right no
  trodden catalog owners --o3 yes --o4 no           # teams at work, though not here
  trodden catalog owners --team payments
  trodden catalog owners --output csv > owners.csv`,
	})
	f.things(p, cmd)
	f.words(cmd, &f.right, "right", "only those whose owner is right, or is not", truthWords())
	for i, words := range []string{"an owner is filled in", "it is an existing team", "it has an active member", "a member committed there in 90 days", "the team has most commits of 180 days"} {
		f.words(cmd, &f.steps[i], stepFlag(i), "only those of which this is so, or is not: "+words, truthWords())
	}
	return cmd
}

// catalogOwnerRow is what tables show of an owner.
type catalogOwnerRow struct {
	Source, Entity  string
	Owner, Teams    []string
	Steps           struct{ O1, O2, O3, O4, O5 string }
	Actual          *string
	Commits         *struct{ Team, All int } `json:"actual_commits"`
	Verdict, Reason string
}

// ladder shows the steps as signs.
func (r catalogOwnerRow) ladder() string {
	var b strings.Builder
	for _, step := range []string{r.Steps.O1, r.Steps.O2, r.Steps.O3, r.Steps.O4, r.Steps.O5} {
		switch step {
		case "yes":
			b.WriteString("+")
		case "no":
			b.WriteString(none)
		default:
			b.WriteString("?")
		}
	}
	return b.String()
}

func catalogOwnerColumns() []column[catalogOwnerRow] {
	type R = catalogOwnerRow
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"ENTITY", false, func(r R) string { return r.Entity }},
		{"OWNER", false, func(r R) string { return clipped(strings.Join(r.Owner, ", ")) }},
		{"O1–O5", false, R.ladder},
		{"VERDICT", false, func(r R) string { return r.Verdict }},
		{"DOES THE WORK", false, func(r R) string {
			if r.Actual == nil {
				return ""
			}
			if r.Commits == nil {
				return *r.Actual
			}
			return fmt.Sprintf("%s (%d of %d)", *r.Actual, r.Commits.Team, r.Commits.All)
		}},
		{"REASON", false, func(r R) string { return r.Reason }},
	}
}
