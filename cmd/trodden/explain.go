package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

// explainRow is what is shown of an explanation.
type explainRow struct {
	stateRow
	Gone     *string
	Commit   *string
	Signals  []signalRow
	Spells   []spellRow
	Warnings []warningRow
}

type warningRow struct {
	File         string
	Line, Column int
	Message      string
}

type signalRow struct {
	Way      string
	Signal   string
	Negated  bool
	Found    string
	Evidence []evidence
	Absence  string
	Reason   string
}

type spellRow struct {
	From, Until *string
	Outcome     string
	Origin      string
	Choice      bool
	Commit      *string
}

func (p *program) explainCommand() *cobra.Command {
	var path, asOf string
	cmd := &cobra.Command{
		Use: "explain REPO", Short: "Why a repository is in the state it is in",
		Long: `Prints the state of a repository on each path with all that led to it: every signal of the path with its
evidence (file, line, text) or with what was looked for and not met, every stay on the path with the commit
that began it, and the files that could not be understood, in which nothing is found. REPO is any name that
the repository ever had, or HOST/OWNER/NAME//FOLDER for a component.`,
		Example: `  trodden explain github.com/acme/pay
  trodden explain github.com/acme/mono//services/pay --path ci --as-of 2026-07-01`,
		Args:    oneRepo,
		PreRunE: func(*cobra.Command, []string) error { return isDate("as-of", asOf) },
		RunE: func(cmd *cobra.Command, args []string) error {
			query := url.Values{"repo": {args[0]}}
			set(query, "path", path)
			set(query, "as_of", asOf)
			return p.ask(cmd, question{resource: "explain", query: query, table: printExplanations})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "path", "", "only this path")
	flags.StringVar(&asOf, "as-of", "", "the moment asked about (default: now)")
	completeWith(cmd, "path", p.fromConfig(pathKeys))
	return cmd
}

// oneRepo demands the name of one repository.
func oneRepo(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%d arguments, expected REPO such as github.com/acme/pay", len(args))
	}
	return nil
}

func printExplanations(w io.Writer, a *answer) error {
	rows, err := rowsOf[explainRow](a)
	if err != nil {
		return err
	}
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		r.head(&b)
		for _, s := range r.Signals {
			s.print(&b)
		}
		for _, s := range r.Spells {
			s.print(&b)
		}
		for _, w := range r.Warnings {
			w.print(&b)
		}
	}
	if len(rows) == 0 {
		b.WriteString("no rows\n")
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (w warningRow) print(b *strings.Builder) {
	if w.File == "" {
		line(b, "  its sources differ: %s", w.Message)
		return
	}
	line(b, "  not understood: %s:%d:%d: %s", w.File, w.Line, w.Column, w.Message)
}

// line adds a line of which nothing can steer the terminal.
func line(b *strings.Builder, format string, args ...any) {
	b.WriteString(plain(fmt.Sprintf(format, args...)))
	b.WriteByte('\n')
}

func (r explainRow) head(b *strings.Builder) {
	if r.Gone != nil {
		r.Reason = ""
		line(b, "%s on path %s: gone since %s, no source has it any more; before that %s", r.unit(), r.Path, day(r.Gone), r.sinceWhen())
	} else {
		line(b, "%s on path %s: %s", r.unit(), r.Path, r.sinceWhen())
	}
	line(b, "  team %s, origin %s, voluntary %s, version %s, judged at commit %s, read %s", dash(r.Team), dash(r.Origin),
		yesNo(r.Voluntary), dash(shortVersion(r.Version)), short(r.Commit), day(r.ReadAt))
	if text := r.runsText(); text != "" {
		line(b, "  its pipeline: %s", text)
	}
	if e := r.Exemption; e != nil {
		line(b, "  exempt from %s until %s, granted by %s: %s", day(e.From), e.until(), dash(e.By), e.Reason)
	}
	if r.State == "exempt" || r.State == "ineligible" || r.State == "dormant" {
		line(b, "  its files show %s since %s", cmp.Or(strings.Join(r.Ways, ", "), "no way of the path"), day(r.Since))
	}
}

// sinceWhen is the state and, where that is known, since when.
func (r explainRow) sinceWhen() string {
	if since := r.since(); since != none || r.State == "unknown" {
		return r.stateText() + " since " + since
	}
	return r.stateText()
}

func (s signalRow) print(b *strings.Builder) {
	of := dash(s.Way)
	if s.Way == "" {
		of = "eligible"
	}
	told := map[string]string{"yes": "found", "no": "absent"}
	if s.Negated {
		of += ", not"
		told = map[string]string{"yes": "found, so not met", "no": "absent, so met"}
	}
	found := told[s.Found]
	if found == "" {
		found = "unknown (" + words(dash(s.Reason)) + ")"
	}
	line(b, "  signal [%s] %s: %s", of, s.Signal, found)
	for _, e := range s.Evidence {
		line(b, "    %s  %s%s", e.place(), e.Text, via(e.Via))
	}
	if s.Absence != "" {
		line(b, "    %s", s.Absence)
	}
}

func via(files []string) string {
	if len(files) == 0 {
		return ""
	}
	return "  (via " + strings.Join(files, ", ") + ")"
}

func (s spellRow) print(b *strings.Builder) {
	when := "since " + day(s.From)
	if s.Until != nil {
		when = "from " + day(s.From) + " to " + day(s.Until)
	}
	line(b, "  on the path %s: %s, origin %s, choice %s, begun by commit %s", when, s.Outcome,
		dash(s.Origin), yesNo(s.Choice), short(s.Commit))
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
