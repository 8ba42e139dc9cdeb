package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) catalogFieldsCommand() *cobra.Command {
	var f catalogFlags
	cmd := f.about(p, "catalog/fields", tableOf(catalogFieldColumns()...), &cobra.Command{
		Use: "fields", Short: "What each field of the catalog is worth: automate, keep or kill",
		Long: `Prints for every field how many of the things that could have it filled do, how many of those are wrong, or
were confirmed too long ago (measure.stale_after), how old they are, and what could fill it instead of people.

  automate   something that is known already could fill it for half of them or more
  keep       people, or programs, keep it up, or programs read it: without an annotation a page of the portal is empty
  kill       few fill it, or it is not true: ask nobody for it any more

THEN is catalog freshness if that were followed for this field alone. ` + "`trodden catalog without`" + ` tells what
becomes of it without several.`,
		Example: `  trodden catalog fields
  trodden catalog fields --source backstage --advice kill
  trodden catalog without lifecycle,tier`,
	})
	f.catalog(p, cmd)
	f.words(cmd, &f.advice, "advice", "only fields with this advice", []string{"automate", "keep", "kill"})
	return cmd
}

// catalogFieldRow is what tables show of a field.
type catalogFieldRow struct {
	Source, Field              string
	Filled, Right, Wrong, Aged rate
	Distinct                   int
	Age                        *float64 `json:"age_days"`
	Truth                      string   `json:"source_of_truth"`
	Advice, Why                string
	Followed                   *float64 `json:"freshness_if_followed"`
}

func catalogFieldColumns() []column[catalogFieldRow] {
	type R = catalogFieldRow
	share := func(r rate) string {
		if r.Rate == nil {
			return lacking(r.Reason)
		}
		return fmt.Sprintf("%s %% %d/%d", percent(*r.Rate), r.Num, r.Den)
	}
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"FIELD", false, func(r R) string { return r.Field }},
		{"ADVICE", false, func(r R) string { return r.Advice }},
		{"FILLED", true, func(r R) string { return share(r.Filled) }},
		{"RIGHT", true, func(r R) string { return number(r.Right.Num) }},
		{"WRONG", true, func(r R) string { return number(r.Wrong.Num) }},
		{"AGED", true, func(r R) string { return number(r.Aged.Num) }},
		{"AGE", true, func(r R) string {
			if r.Age == nil {
				return none
			}
			return fmt.Sprintf("%.0f d", *r.Age)
		}},
		{"VALUES", true, func(r R) string { return number(r.Distinct) }},
		{"THEN", true, func(r R) string {
			if r.Followed == nil {
				return none
			}
			return fmt.Sprintf("%s %%", percent(*r.Followed))
		}},
		{"WHY", false, func(r R) string { return r.Why }},
	}
}

func (p *program) catalogWithoutCommand() *cobra.Command {
	var f catalogFlags
	cmd := f.about(p, "catalog/without", tableOf(catalogWithoutColumns()...), &cobra.Command{
		Use: "without FIELD[,FIELD…]", Short: "How fresh the catalog would be without some of its fields",
		Long: `Prints how fresh each catalog is now, and how fresh it would be if nobody were asked for some fields any more.
Where nothing is left that makes a thing fresh (measure.fresh_fields) there is nothing to count.`,
		Example: `  trodden catalog without lifecycle
  trodden catalog without lifecycle,system --source backstage --output json`,
	})
	f.catalog(p, cmd)
	cmd.Args = cobra.ExactArgs(1)
	ask := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f.fields = args[0]
		return ask(cmd, nil)
	}
	return cmd
}

// catalogWithoutRow is what tables show of a catalog without fields.
type catalogWithoutRow struct {
	Source     string
	Now, Fresh rate
	Bounds     []float64
}

func catalogWithoutColumns() []column[catalogWithoutRow] {
	type R = catalogWithoutRow
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"FRESH NOW", true, func(r R) string { return r.Now.String() }},
		{"WITHOUT THEM", true, func(r R) string { return r.Fresh.String() }},
		{"UP TO", true, func(r R) string {
			if len(r.Bounds) != 2 {
				return ""
			}
			return fmt.Sprintf("%s %%", percent(r.Bounds[1]))
		}},
	}
}
