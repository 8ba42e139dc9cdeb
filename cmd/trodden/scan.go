package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics/query"
)

// scanRow is a scan in answers.
type scanRow struct {
	ID        string        `json:"id"`
	State     string        `json:"state"`
	Ended     *string       `json:"ended"`
	Seconds   float64       `json:"seconds"`
	Complete  bool          `json:"complete"`
	Total     int           `json:"total"`
	Repos     int           `json:"repos"`
	Unchanged int           `json:"unchanged"`
	Unknown   int           `json:"unknown"`
	Changes   int           `json:"changes"`
	Requests  int           `json:"requests"`
	Points    int           `json:"points"` // of what hosts allow
	Spent     []query.Spent `json:"spent"`  // requests and points by source
	Renamed   int           `json:"renamed"`
	Archived  int           `json:"archived"`
	Gone      int           `json:"gone"`
	Resumed   int           `json:"resumed"` // of the unchanged, those that scans read that were cut off
	Problems  []scanProblem `json:"problems"`
	Error     string        `json:"error"`
	Common    []common      `json:"common"` // repositories that several sources have
	Lacks     []sourceLack  `json:"lacks"`

	Catalogs []query.ScanCatalog `json:"catalogs"` // that it read
	Links    api.ScanLinks       `json:"links"`    // of their entities, that it asked
}

// scanProblem is a repository that could not be read, or something of a source as a whole, such as its list.
type scanProblem struct {
	Source string `json:"source"`
	Repo   string `json:"repo"` // "" for the source as a whole
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

func (p *program) scanCommand() *cobra.Command {
	var r scanRequest
	cmd := &cobra.Command{
		Use: "scan", Short: "Read, classify and store what is new",
		Long: `Reads what is new in every source, classifies it and stores it. A repository that cannot be read is
unknown and fails nothing: it is named with the reason, and the exit status is 3. A scan that was
interrupted is simply run again; what was read is not read twice.

Requests are those to the hosts of all sources, the looks at tokens included; points are what hosts took of their
allowances for them: one for a request to REST, and for a query of GraphQL what GitHub says that it costs. With
--budget N at most N requests are made. What is read by then is kept, and the next scan goes on from there: it asks
nothing again that was answered, begins with what was never read, and asks what changed meanwhile when all is read. A
budget needs 3 requests for each source of GitHub and 10 for each of GitLab, one more for an App: fewer are refused, as
they lead nowhere.
With --full each scan begins anew: those after it go on without.

Of several machines each reads a part of the repositories, with --shard. Answers are complete once each part was read, and
say until then how many repositories are in parts that nobody read; with --source the same holds of each source.

A scan that is interrupted is listed by ` + "`trodden scans`" + `, with what it read and spent by then. What it read has nothing new
for the next one, which says how many repositories that were.

Renamed, archived and gone count what became of repositories since they were listed before. Gone are those that no
source has any more, once a list of all says so.

Software catalogs are read behind the repositories, each of them whole: by the first machine where several read parts. One
that cannot be read whole is told with the reason, the exit status is 3, and nothing is concluded to be gone from it. With
catalog: {check_links: true} the links of their entities are asked behind that, for 5 minutes at most, beside the budget.`,
		Example: `  trodden scan
  trodden scan --source git --full
  trodden scan --shard 1/4            # the first of four machines
  trodden scan --history              # with the whole history of the repositories of code hosts, through clones
  trodden scan --output json`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return r.check() },
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.scan(cmd.Context(), r) },
	}
	flags := cmd.Flags()
	flags.StringVar(&r.Source, "source", "", "only the source of this name, be it a catalog or not")
	flags.BoolVar(&r.Full, "full", false, "read again what was read before")
	flags.StringVar(&r.Shard, "shard", "", "I/N: only the I-th of N parts of the repositories")
	flags.BoolVar(&r.History, "history", false, "read the history of code hosts' repositories, through clones without contents")
	flags.Var((*requests)(&r.Budget), "budget", "at most so many requests to hosts, the looks at tokens included (0: no bound; else 3 or more for each GitHub source, 10 or more for each GitLab source, one more for an App)")
	completeWith(cmd, "source", p.fromConfig(sourceNames))
	return cmd
}

func sourceNames(c *config.Config) []string {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names
}

func (r scanRequest) check() error {
	if r.Budget < 0 {
		return usagef("--budget %d is negative, expected a number of requests, or 0 for no bound", r.Budget)
	}
	_, err := r.shard()
	return err
}

// parseShard reads I/N. Parts are counted from 1: who counted from 0 would read the first part as the last one of
// another machine.
func parseShard(s string) (collectors.Shard, error) {
	if s == "" {
		return collectors.Shard{}, nil
	}
	index, count, found := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if !found || err1 != nil || err2 != nil || n < 1 || n > math.MaxUint16 || i < 1 || i > n {
		return collectors.Shard{}, usagef("--shard %s is no part, expected I/N with I from 1 to N: 1/4, 2/4, 3/4 and 4/4 for four machines", s)
	}
	return collectors.Shard{Index: i, Count: n}, nil
}

func (p *program) scan(ctx context.Context, r scanRequest) error {
	c, err := p.remote(ctx)
	if err != nil {
		return err
	}
	bar := p.newProgress()
	var row scanRow
	if c != nil {
		p.tell("%s scans, with its own configuration", c.base.Redacted())
		row, err = scanThere(ctx, c, r, bar.show)
	} else {
		row, err = p.scanHere(ctx, r, bar.show)
	}
	bar.end()
	if err != nil {
		return err
	}
	if err := p.printScan(row); err != nil {
		return err
	}
	switch {
	case row.Error != "":
		return fmt.Errorf("scan: %s", row.Error)
	case row.State == string(api.ScanInterrupted):
		return errors.New("scan: the server ended it; the same command goes on from there")
	case row.Unknown > 0 || !row.Complete:
		return errSomeUnknown
	default:
		return nil
	}
}

// scanHere scans in this process.
func (p *program) scanHere(ctx context.Context, r scanRequest, show func(scanProgress)) (row scanRow, err error) {
	c, err := p.load()
	if err != nil {
		return scanRow{}, err
	}
	for _, w := range c.Warnings {
		p.tell("%s (warning)", w)
	}
	if err := knowsSource(c, r.Source); err != nil {
		return scanRow{}, err
	}
	sources, err := p.prepare(c, r)
	if err != nil {
		return scanRow{}, err
	}
	r.tell = p.tell
	if !p.stored(ctx) { // then a look that fails leaves none
		if r.checked, err = lookAt(ctx, c, sources, &p.looked, r.Budget, p.tell); err != nil {
			return scanRow{}, err
		}
		r.checked.scopes, r.checked.used = &p.scopes, &p.used
	}
	err = p.withLocal(ctx, func(l *local) error {
		begun := p.now()
		if row, err = l.scan(ctx, r, show); err == nil {
			l.makeReady(ctx)
		}
		row.Seconds = p.now().Sub(begun).Round(time.Millisecond).Seconds()
		return err
	})
	return row, err
}

// scanThere lets a server scan, and waits until it is done.
func scanThere(ctx context.Context, c *client, r scanRequest, show func(scanProgress)) (scanRow, error) {
	var row scanRow
	if err := c.post(ctx, "scans", r, &row); err != nil {
		return row, err
	}
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for row.State == "running" {
		show(scanProgress{Progress: collectors.Progress{Listed: row.Total, Whole: row.Total > 0, Read: row.Repos, Unknown: row.Unknown, Changes: row.Changes}})
		select {
		case <-ctx.Done():
			return row, ctx.Err()
		case <-ticker.C:
		}
		id := row.ID
		row = scanRow{}
		if err := c.getJSON(ctx, "scans/"+id, &row); err != nil {
			return row, err
		}
	}
	return row, nil
}

// printScan prints what a scan came to; which repositories are unknown, and why, beside it.
func (p *program) printScan(row scanRow) error {
	p.tellProblems(row.Problems)
	for _, c := range row.Common {
		p.tell("%s", c.words())
	}
	for _, l := range row.Lacks {
		p.tell("%s", l.words())
	}
	ended := row.Ended
	if ended == nil {
		now := utc(p.now())
		ended = &now
	}
	rec := record{
		{"repos", row.Repos}, {"unchanged", row.Unchanged}, {"unknown", row.Unknown}, {"changes", row.Changes},
		{"requests", row.Requests}, {"seconds", row.Seconds}, {"complete", row.Complete}, {"points", row.Points}, {"problems", row.Problems},
		{"spent", append([]query.Spent{}, row.Spent...)}, {"renamed", row.Renamed}, {"archived", row.Archived}, {"gone", row.Gone},
		{"resumed", row.Resumed}, {"common", append([]common{}, row.Common...)}, {"lacks", append([]sourceLack{}, row.Lacks...)},
		{"catalogs", append([]query.ScanCatalog{}, row.Catalogs...)}, {"links", row.Links},
	}
	return p.emit([]record{rec}, scanState{At: ended, Complete: row.Complete, Unknown: row.Unknown}, func() {
		for _, line := range []struct {
			what  string
			count string
		}{
			{"repos read", number(row.Repos - row.Unknown)}, {"unchanged", number(row.Unchanged)}, {"unknown", number(row.Unknown)},
			{"changes written", number(row.Changes)}, {"requests made", number(row.Requests)},
			{"points spent", some(row.Points)}, {"renamed", some(row.Renamed)}, {"archived", some(row.Archived)}, {"gone", some(row.Gone)},
			{"seconds", strconv.FormatFloat(row.Seconds, 'f', 1, 64)},
		} {
			if line.count != "" {
				p.say("%-16s %10s", line.what, line.count)
			}
		}
		if row.Resumed > 0 {
			p.say("of the unchanged, %s by a scan before that was cut off: `trodden scans` has it", count(row.Resumed, "was read", "were read"))
		}
		for _, c := range row.Catalogs {
			p.say("%s", catalogWords(c))
		}
		if words := linkWords(row.Links); words != "" {
			p.say("%s", words)
		}
		for _, spent := range row.Spent {
			p.say("source %s: %s, %s", spent.Source, count(spent.Requests, "request", "requests"), count(spent.Points, "point", "points"))
		}
	})
}

// some is a count that is left out where it is 0.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return number(n)
}

// scanProgress is how far a scan has come: with reading, then with classifying.
type scanProgress struct {
	collectors.Progress
	Judged, Stale int // repositories that are classified, of those that have to be

	Catalog  string // that is read, once all repositories are
	Entities int    // of it that were

	LinksAsked, Links int // of their entities that were asked, and that are to be

	Catalogs bool // all of them are judged, behind all else
}

// what says in words what a scan is doing, and how far it has come with that.
func (at scanProgress) what() (what string, done, of int) {
	switch {
	case at.Catalogs:
		return "judging catalogs", at.Read, at.Listed
	case at.Links > 0:
		return "asking links", at.LinksAsked, at.Links
	case at.Stale > 0:
		return "classifying", at.Judged, at.Stale
	case at.Catalog != "":
		return fmt.Sprintf("catalog %s: %s", at.Catalog, count(at.Entities, "entity", "entities")), at.Read, at.Listed
	}
	return "reading", at.Read, at.Listed
}

// progress shows on a terminal how far a scan has come. Elsewhere it is silent.
type progress struct{ bar *progressbar.ProgressBar }

// redraw is how long a bar stands still at least.
const redraw = 100 * time.Millisecond

func (p *program) newProgress() progress {
	if !p.errTerminal {
		return progress{}
	}
	return newBar(p.err, redraw)
}

func newBar(w io.Writer, redraw time.Duration) progress {
	return progress{progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("reading"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("repos"),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(redraw),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
	)}
}

func (b progress) show(at scanProgress) {
	if b.bar == nil {
		return
	}
	what, done, of := at.what()
	if b.bar.State().Description != what {
		b.bar.Describe(what)
	}
	if of > 0 && b.bar.GetMax() != of {
		b.bar.ChangeMax(of)
	}
	b.bar.Set(min(done, max(of-1, 0))) // the bar ends with the scan, not with one of its stages
}

func (b progress) end() {
	if b.bar != nil {
		b.bar.Finish()
	}
}
