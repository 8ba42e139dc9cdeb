package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics/query"
)

// scansRow is what tables show of a scan.
type scansRow struct {
	Began                              string
	State, Source, Shard               string
	Seconds                            int
	Complete                           bool
	Repos, Unchanged, Unknown, Changes int
	Renamed, Archived, Gone            int
	Requests, Points, Resumed          int
	Spent                              []query.Spent
	Catalogs                           []query.ScanCatalog
}

func (p *program) scansCommand() *cobra.Command {
	return &cobra.Command{
		Use: "scans", Short: "Which scans there were, and what they cost",
		Long: `Prints one row a scan, newest first: what it read, what became of repositories since the scan before, and how many
requests it made of hosts and points it spent there, by source. Points are what hosts take of their allowances: one
for a request to REST, and for a query of GraphQL what GitHub says that it costs.

Of a scan that was interrupted nothing was concluded; what it read is kept, and the next one goes on from there: what had
nothing new for that one since it was read before is in its column of that name. A scan that was killed is told of as it
was heard of last. One that runs is told of as it is now, where the server that has the store runs it, and else as it was
heard of last, which is at most 10 s ago.`,
		Example: `  trodden scans
  trodden scans --output ndjson | jq '[.began, .requests, .points]'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd, question{resource: "scans", query: url.Values{}, table: tableOf(scansColumns()...)})
		},
	}
}

func scansColumns() []column[scansRow] {
	type R = scansRow
	return []column[R]{
		{"BEGAN", false, func(r R) string { return moment(r.Began) }},
		{"STATE", false, R.stateText},
		{"OF", false, func(r R) string { return strings.TrimSpace(r.Source + " " + r.Shard) }},
		{"SECONDS", true, func(r R) string { return number(r.Seconds) }},
		{"REPOS", true, func(r R) string { return number(r.Repos) }},
		{"UNKNOWN", true, func(r R) string { return number(r.Unknown) }},
		{"CHANGES", true, func(r R) string { return number(r.Changes) }},
		{"READ BEFORE", true, func(r R) string { return some(r.Resumed) }},
		{"RENAMED", true, func(r R) string { return some(r.Renamed) }},
		{"ARCHIVED", true, func(r R) string { return some(r.Archived) }},
		{"GONE", true, func(r R) string { return some(r.Gone) }},
		{"REQUESTS", true, func(r R) string { return number(r.Requests) }},
		{"POINTS", true, func(r R) string { return number(r.Points) }},
		{"BY SOURCE", false, R.bySource},
		{"CATALOGS", false, R.catalogs},
	}
}

func (r scansRow) stateText() string {
	if r.State == "done" && !r.Complete {
		return "not complete"
	}
	return cmp.Or(r.State, none)
}

// catalogs is what was read of each catalog.
func (r scansRow) catalogs() string {
	var parts []string
	for _, c := range r.Catalogs {
		parts = append(parts, strings.TrimPrefix(catalogWords(c), "catalog "))
	}
	return strings.Join(parts, "; ")
}

// bySource is what each source spent, where there are several.
func (r scansRow) bySource() string {
	if len(r.Spent) < 2 {
		return ""
	}
	var parts []string
	for _, s := range r.Spent {
		parts = append(parts, fmt.Sprintf("%s %d/%d", s.Source, s.Requests, s.Points))
	}
	return strings.Join(parts, ", ")
}
