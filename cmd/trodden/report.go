package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// reportFlags say which report is made, and what becomes of it.
type reportFlags struct {
	send, again            bool
	recipient, scope, week string
	out                    string
}

// reportRequest and reportAnswer are the body that asks for a report, and the answer.
type reportRequest struct {
	Scope     string `json:"scope"`
	Recipient string `json:"recipient"`
	Week      string `json:"week"`
	Format    string `json:"format"`
	Send      bool   `json:"send"`
	Again     bool   `json:"again"`
}

type reportAnswer struct {
	Week    string `json:"week"`
	Scope   string `json:"scope"`
	Changed *bool  `json:"changed"`
	Text    string `json:"text"`
}

// reportOutcome says what became of a report for a recipient, or why it is tried again.
type reportOutcome struct {
	Week      string `json:"week"`
	Recipient string `json:"recipient"`
	Scope     string `json:"scope"`
	State     string `json:"state"`
	Detail    string `json:"detail"`
}

func (p *program) reportCommand() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use: "report", Short: "The weekly report: look at it, or send it",
		Long: `Makes the report of a week, from Monday to Monday: what changed since the week before, how the objectives stand,
what would change most, and how sure all of that is. Without --send it is printed as Markdown, or written to a file
whose ending says how: .md, .html, .eml (the mail as it would be sent), .txt or .json (the message for Slack).

--send sends it to the recipients of the configuration: by mail, or to Slack. Each gets the report of a week once,
however often it is sent and by how many servers; --again sends it once more. Who has nothing new to read gets
nothing, unless the configuration says always. Where a mail server is down or asks to come later it is tried again,
after all others had their turn, for some minutes; why, and when, is told meanwhile. Who asks for more time than that
gets it when the command runs again, later. What became of each recipient is printed, and it
fails where any did not get it, be it that somebody else is sending it and has not said yet how that went. A week that is
not over can be looked at, and is not sent.

A server sends it by itself, by the schedule in the configuration. Where it was down by then, or killed, it makes up for
it when it is there again, in the same week.`,
		Example: `  trodden report
  trodden report --scope team:payments --out payments.html
  trodden report --recipient lead@acme.dev --out lead.eml
  trodden report --send
  trodden report --send --recipient lead@acme.dev --week 2026-07-01 --again`,
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error { return f.check() },
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.report(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.send, "send", false, "send it to the recipients of the configuration")
	flags.BoolVar(&f.again, "again", false, "with --send: also to those who got it, or may have")
	flags.StringVar(&f.recipient, "recipient", "", "as this recipient gets it; with --send: to this one only")
	flags.StringVar(&f.scope, "scope", "", "leadership, path:KEY, team:KEY or group:NAME (default: that of the recipient, else leadership)")
	flags.StringVar(&f.week, "week", "", "the week that holds this day (default: the last that is over)")
	flags.StringVar(&f.out, "out", "", "write to FILE.html, .eml, .md, .txt or .json, instead of printing Markdown")
	completeWith(cmd, "recipient", p.fromConfig(recipientNames))
	return cmd
}

func recipientNames(c *config.Config) []string {
	var names []string
	for _, r := range c.Reports.Recipients {
		names = append(names, r.Name()+"\t"+r.Scope)
	}
	return names
}

// reportFormats are the formats by the endings of files.
var reportFormats = map[string]string{".md": "md", ".html": "html", ".eml": "eml", ".txt": "txt", ".json": "slack"}

func (f reportFlags) check() error {
	switch {
	case f.send && f.out != "":
		return usagef("--send sends the report and --out writes it, expected one of them")
	case f.again && !f.send:
		return usagef("--again is for --send alone")
	case f.out != "" && reportFormats[filepath.Ext(f.out)] == "":
		return usagef("--out %s has no ending that is known, expected .html, .eml, .md, .txt or .json", f.out)
	}
	return nil
}

// report makes a report and prints it, writes it or sends it.
func (p *program) report(ctx context.Context, f reportFlags) error {
	request := reportRequest{Scope: f.scope, Recipient: f.recipient, Week: f.week, Format: reportFormats[filepath.Ext(f.out)], Send: f.send, Again: f.again}
	if f.send {
		return p.sendReports(ctx, request)
	}
	var answer reportAnswer
	err := p.reach(ctx, func(c *client) error { return c.post(ctx, "reports", request, &answer) })
	switch {
	case err != nil:
		return err
	case f.out == "":
		_, err := fmt.Fprint(p.out, answer.Text)
		return err
	}
	if err := os.WriteFile(f.out, []byte(answer.Text), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	p.tell("wrote %s: the report for %s of the week of %s", f.out, answer.Scope, answer.Week)
	if answer.Changed != nil && !*answer.Changed {
		p.tell("nothing changed in that week: it would be sent only to those who always get it")
	}
	return nil
}

// sendReports sends reports and says what becomes of each recipient; it fails where any was not reached.
func (p *program) sendReports(ctx context.Context, request reportRequest) error {
	var ended, failed int
	week := ""
	err := p.reach(ctx, func(c *client) error {
		return postLines(ctx, c, "reports", request, func(o reportOutcome) {
			p.delivered(o)
			week = o.Week
			if o.State != "waiting" {
				ended++
			}
			if o.State == "failed" || o.State == "busy" {
				failed++
			}
		})
	})
	if err != nil || failed == 0 {
		return err
	}
	return errors.New(count(failed, "recipient", "recipients") + " of " + number(ended) + " cannot be said to have got the report of the week of " + week + ": why is told above; once that is mended the same command sends it to those alone who did not get it")
}

// delivered says what became of a recipient. Why somebody does not get a report, or not yet, is for people.
func (p *program) delivered(o reportOutcome) {
	said := map[string]string{"sent": "sent", "unchanged": "not sent: nothing changed", "before": "not sent again"}
	who := fmt.Sprintf("%s (%s)", o.Recipient, o.Scope)
	switch {
	case o.State == "waiting":
		p.tell("%s: not sent yet: %s", who, o.Detail)
	case said[o.State] == "":
		p.tell("%s: not sent: %s", who, o.Detail)
	case o.Detail != "":
		p.say("%s: %s: it %s", who, said[o.State], o.Detail)
	default:
		p.say("%s: %s", who, said[o.State])
	}
}
