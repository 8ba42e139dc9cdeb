package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) catalogDarkCommand() *cobra.Command {
	var f catalogFlags
	type R struct{ Source, Repo, Team string }
	cmd := f.about(p, "catalog/dark", tableOf(
		column[R]{"CATALOG", false, func(r R) string { return r.Source }},
		column[R]{"REPO", false, func(r R) string { return r.Repo }},
		column[R]{"TEAM", false, func(r R) string { return r.Team }},
	), &cobra.Command{
		Use: "dark", Short: "Active repositories that the catalog does not have",
		Long: `Prints the repositories that people work on, or that are deployed where deployments are known, and for which a
catalog has no entry.`,
		Example: `  trodden catalog dark
  trodden catalog dark --source backstage --team payments`,
	})
	f.catalog(p, cmd)
	f.text(cmd, &f.team, "team", "only those that this team owns now")
	completeWith(cmd, "team", p.fromConfig(teamKeys))
	return cmd
}

func (p *program) catalogDuplicatesCommand() *cobra.Command {
	var f catalogFlags
	cmd := f.about(p, "catalog/duplicates", tableOf(catalogDuplicateColumns()...), &cobra.Command{
		Use: "duplicates", Short: "Repositories and names that several entries of the catalog claim",
		Long: `Prints the places (a repository, or a folder in one) that several things of a catalog are about, and the names
that things in different repositories share, each with where it is.`,
		Example: `  trodden catalog duplicates --source backstage`,
	})
	f.catalog(p, cmd)
	return cmd
}

// catalogDuplicateRow is what tables show of what several entries claim.
type catalogDuplicateRow struct {
	Source, What, Claims string
	Entities             []string
	Places               []string // of each of the entries; of servers of older versions none
}

// by lists the entries; of those that share a name with where they are, for references may be the same.
func (r catalogDuplicateRow) by() string {
	if r.What != "name" || len(r.Places) != len(r.Entities) {
		return strings.Join(r.Entities, ", ")
	}
	list := make([]string, len(r.Entities))
	for i, entity := range r.Entities {
		list[i] = entity + " (" + r.Places[i] + ")"
	}
	return strings.Join(list, ", ")
}

func catalogDuplicateColumns() []column[catalogDuplicateRow] {
	type R = catalogDuplicateRow
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"WHAT", false, func(r R) string { return r.What }},
		{"CLAIMED", false, func(r R) string { return r.Claims }},
		{"BY", false, R.by},
	}
}

func (p *program) catalogDisagreementsCommand() *cobra.Command {
	var f catalogFlags
	type side struct {
		Source, Entity string
		Values         []string
	}
	type R struct {
		Place, Field string
		A, B         side
	}
	says := func(s side) string { return s.Source + ": " + clipped(strings.Join(s.Values, ", ")) }
	cmd := f.about(p, "catalog/disagreements", tableOf(
		column[R]{"PLACE", false, func(r R) string { return r.Place }},
		column[R]{"FIELD", false, func(r R) string { return r.Field }},
		column[R]{"ONE SAYS", false, func(r R) string { return says(r.A) }},
		column[R]{"ANOTHER SAYS", false, func(r R) string { return says(r.B) }},
	), &cobra.Command{
		Use: "disagreements", Short: "On what several catalogs disagree",
		Long: `Prints the places of which two catalogs say different things: owners are compared as teams, lifecycles by what
they mean, references by the name that they end in.`,
		Example: `  trodden catalog disagreements
  trodden catalog disagreements --field owner`,
	})
	f.text(cmd, &f.field, "field", "only this field, such as owner")
	return cmd
}
