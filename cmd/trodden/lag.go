package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"
)

func (p *program) lagCommand() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use: "lag", Short: "How far behind the newest release those are that use a path",
		Long: `Prints for every path which versions are in use, by how many active repositories (or components), and how
many stable releases and days lie between each and the newest stable release. Releases are the tags of the
repository that latest: {tags_of: …} of a path names.

A version that moves by itself (v3, main, a range) is floating: its lag is 0. A commit, also an abbreviated one
and that of a tag that is no version, stands for the first release that contains it, an exact version for the
release of that name; what no release answers to is unmapped, and its lag is not known. Only releases that
were made until --as-of count. Tables cut commits to 12 digits.

The table begins with a summary: how many of those whose lag is known are on the newest release, and the
median and 90th percentile of the days behind. Programs ask for it with --by path. The repositories behind a
version: trodden states --path ci --pinned v3.`,
		Example: `  trodden lag
  trodden lag --path ci --team payments
  trodden lag --by path --as-of 2026-07-01 --output csv > lag.csv`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check(lagBys()...) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.askLag(cmd, f) },
	}
	words := ofUnits
	words.by, words.bys = "a row for each version, or for each path (default version, below a summary by path in tables)", lagBys()
	f.add(p, cmd, words)
	return cmd
}

func lagBys() []string { return []string{"version", "path"} }

// askLag asks for what the flags say; a table for people who do not say by what begins with a summary of the paths.
func (p *program) askLag(cmd *cobra.Command, f filters) error {
	return p.reach(cmd.Context(), func(c *client) error {
		versions := tableOf(lagColumns()...)
		q := question{resource: "lag", query: f.query(), table: versions}
		switch f.by {
		case "path":
			q.table = tableOf(lagPathColumns()...)
		case "":
			q.table = func(w io.Writer, a *answer) error {
				if err := f.lagSummary(cmd.Context(), c, w); err != nil {
					return err
				}
				return versions(w, a)
			}
		}
		return p.askOf(cmd, c, q)
	})
}

// lagSummary prints the lag of each path, and an empty line.
func (f filters) lagSummary(ctx context.Context, c *client, w io.Writer) error {
	f.by = "path"
	query := f.query()
	query.Set("limit", "0")
	body, err := c.get(ctx, "lag", query)
	if err != nil {
		return err
	}
	var paths answer
	if err := decodeAll(body, &paths); err != nil {
		return err
	}
	if err := tableOf(lagPathColumns()...)(w, &paths); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w)
	return err
}

// lagRow is what tables show of a version of a path.
type lagRow struct {
	Path           string
	Version        string
	Repos          int
	Floating       int
	ReleasesBehind *int     `json:"releases_behind"`
	DaysBehind     *float64 `json:"days_behind"`
	Release        *string
	Latest         *string
	Reason         string
}

// release is what the version stands for.
func (r lagRow) release() string {
	switch {
	case r.Floating > 0:
		return "floating"
	case r.Release != nil:
		return *r.Release
	}
	return none
}

// behind is how many releases the version lags behind, or why that is not known.
func (r lagRow) behind() string {
	if r.ReleasesBehind == nil {
		return none + " " + words(r.Reason)
	}
	return number(*r.ReleasesBehind)
}

func lagColumns() []column[lagRow] {
	type R = lagRow
	return []column[R]{
		{"PATH", false, func(r R) string { return r.Path }},
		{"VERSION", false, func(r R) string { return dash(shortVersion(r.Version)) }},
		{"REPOS", true, func(r R) string { return number(r.Repos) }},
		{"RELEASE", false, R.release},
		{"RELEASES BEHIND", true, R.behind},
		{"DAYS BEHIND", true, func(r R) string { return rounded(r.DaysBehind, 0) }},
		{"NEWEST", false, func(r R) string { return optional(r.Latest) }},
	}
}

// lagPathRow is what tables show of a path.
type lagPathRow struct {
	Path        string
	OnLatest    rate `json:"on_latest"`
	Floating    int
	Unmapped    int
	Unversioned int
	DaysBehind  struct{ Median, P90 *float64 } `json:"days_behind"`
	Libyears    *float64
	Latest      *string
	LatestAt    *string `json:"latest_at"`
}

func lagPathColumns() []column[lagPathRow] {
	type R = lagPathRow
	return []column[R]{
		{"PATH", false, func(r R) string { return r.Path }},
		{"NEWEST", false, func(r R) string { return optional(r.Latest) }},
		{"SINCE", false, func(r R) string { return day(r.LatestAt) }},
		{"ON THE NEWEST", true, func(r R) string { return r.OnLatest.String() }},
		{"FLOATING", true, func(r R) string { return number(r.Floating) }},
		{"UNMAPPED", true, func(r R) string { return number(r.Unmapped) }},
		{"NO VERSION", true, func(r R) string { return number(r.Unversioned) }},
		{"MEDIAN DAYS BEHIND", true, func(r R) string { return rounded(r.DaysBehind.Median, 0) }},
		{"P90", true, func(r R) string { return rounded(r.DaysBehind.P90, 0) }},
		{"LIBYEARS", true, func(r R) string { return rounded(r.Libyears, 1) }},
	}
}

// rounded shows a figure that may not be there.
func rounded(f *float64, digits int) string {
	if f == nil {
		return none
	}
	return strconv.FormatFloat(*f, 'f', digits, 64)
}

// optional shows a text that may not be there.
func optional(s *string) string {
	if s == nil {
		return none
	}
	return *s
}
