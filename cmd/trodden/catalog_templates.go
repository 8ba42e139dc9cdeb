package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) catalogTemplatesCommand() *cobra.Command {
	var f catalogFlags
	cmd := f.about(p, "catalog/templates", tableOf(catalogTemplateColumns()...), &cobra.Command{
		Use: "templates", Short: "How far behind is what was created from templates",
		Long: `Prints for every template that things in a catalog were created from (backstage.io/source-template), and every
path, how many of the active ones use the path by now, how many of those are on its newest release, and the median of the
releases that they are behind. VERSIONS is what they pin, with how many do.

A template writes down a version once. TEMPLATE HAS is the version that the repository or folder has in which the template
lies, where that uses the path itself: what is behind there is handed out again.`,
		Example: `  trodden catalog templates
  trodden catalog templates --path ci --source backstage
  trodden catalog templates --template go-service --output json`,
	})
	f.catalog(p, cmd)
	f.text(cmd, &f.template, "template", "only this template: NAME, NAMESPACE/NAME or KIND:NAMESPACE/NAME")
	f.text(cmd, &f.path, "path", "only this path")
	completeWith(cmd, "path", p.fromConfig(pathKeys))
	return cmd
}

// catalogTemplateRow is what tables show of a template and a path.
type catalogTemplateRow struct {
	Source, Template, Path string
	There                  bool
	Entities               int
	Using                  rate
	OnNewest               rate                      `json:"on_newest"`
	Behind                 struct{ Median *float64 } `json:"releases_behind"`
	Versions               []struct {
		Version  string
		Entities int
	}
	Own    *string `json:"own_version"`
	Latest *string
}

// pinned lists the versions, with how many have each.
func (r catalogTemplateRow) pinned() string {
	var parts []string
	for _, v := range r.Versions {
		version := v.Version
		if version == "" {
			version = "none"
		}
		parts = append(parts, fmt.Sprintf("%s: %d", version, v.Entities))
	}
	return strings.Join(parts, ", ")
}

func catalogTemplateColumns() []column[catalogTemplateRow] {
	type R = catalogTemplateRow
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"TEMPLATE", false, func(r R) string {
			if !r.There {
				return r.Template + " (not there)"
			}
			return r.Template
		}},
		{"MADE", true, func(r R) string { return number(r.Entities) }},
		{"PATH", false, func(r R) string { return r.Path }},
		{"USE IT", true, func(r R) string { return r.Using.String() }},
		{"ON NEWEST", true, func(r R) string { return r.OnNewest.String() }},
		{"BEHIND", true, func(r R) string {
			if r.Behind.Median == nil {
				return none
			}
			return fmt.Sprintf("%g", *r.Behind.Median)
		}},
		{"VERSIONS", false, R.pinned},
		{"TEMPLATE HAS", false, func(r R) string { return text(r.Own) }},
		{"NEWEST", false, func(r R) string { return text(r.Latest) }},
	}
}
