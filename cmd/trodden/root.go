package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

const rootHelp = `trodden tells whether teams take the golden paths that were paved for them, and whether they stay: by
what is in their repositories, over their whole history, and by whose decision it came there.

Begin in a folder with clones:

  trodden init        write a configuration for the clones at hand
  trodden scan        read, classify and store their history
  trodden adoption    who uses what, and by choice

Exit status: 0 done, 1 failed, 2 bad usage or configuration, 3 (scan and check) done but some
repositories are unknown.`

// commands lists what trodden can do. One more command is one more entry here.
func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{
		p.initCommand(), p.checkCommand(), p.scanCommand(), p.scansCommand(), p.serveCommand(),
		p.adoptionCommand(), p.statesCommand(), p.explainCommand(), p.eventsCommand(),
		p.decisionsCommand(), p.voluntaryFlowCommand(),
		p.flowsCommand(), p.changesCommand(), p.fragmentationCommand(), p.lagCommand(),
		p.retentionCommand(), p.timeToAdoptCommand(), p.maturityCommand(), p.frictionCommand(),
		p.catalogCommand(), p.okrsCommand(), p.reportCommand(),
		p.exemptCommand(), p.migrateCommand(), p.versionCommand(),
	}
}

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "trodden", Short: "Do teams take the paved path, by choice?", Long: rootHelp,
		SilenceErrors: true, SilenceUsage: true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error { return p.begin() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.config, "config", p.lookup("TRODDEN_CONFIG", "trodden.yaml"), "the configuration; env TRODDEN_CONFIG")
	flags.StringVar(&p.clickhouse, "clickhouse", p.lookup("TRODDEN_CLICKHOUSE", "embedded:./.trodden"), "the store: embedded:DIR, clickhouse://HOST:9000/DB or http(s)://…; env TRODDEN_CLICKHOUSE")
	flags.StringVar(&p.server, "server", "", "ask the trodden server at this URL, with the token in TRODDEN_TOKEN")
	flags.StringVar(&p.logLevel, "log-level", "", "debug, info, warn or error (default info for serve, else warn)")
	flags.StringVar(&p.logFormat, "log-format", "text", "text or json")
	flags.StringVar(&p.output, "output", "", "table, json, csv or ndjson (default table on a terminal, else json; commands that do work print lines for people)")
	flags.Lookup("clickhouse").DefValue = "embedded:./.trodden" // the variable may hold a password
	for name, values := range globalValues() {
		complete(root, name, values)
	}
	root.AddCommand(p.commands()...)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	if cmd, _, err := root.Find([]string{"completion"}); err == nil {
		cmd.Example = "  trodden completion bash > /etc/bash_completion.d/trodden\n  trodden completion zsh > \"${fpath[1]}/_trodden\""
	}
	return root
}

// globalValues lists the global flags that take one of a few words.
func globalValues() map[string][]string {
	return map[string][]string{
		"log-level":  {"debug", "info", "warn", "error"},
		"log-format": {"text", "json"},
		"output":     {"table", "json", "csv", "ndjson"},
	}
}

// begin checks the global flags once arguments and flags of the command have been understood.
func (p *program) begin() error {
	for name, given := range map[string]string{"log-level": p.logLevel, "log-format": p.logFormat, "output": p.output} {
		if err := oneOf(name, given, globalValues()[name]); err != nil {
			return err
		}
	}
	p.begun = true
	return nil
}

// oneOf refuses a flag that is given and is none of the words.
func oneOf(flag, given string, words []string) error {
	if given == "" || slices.Contains(words, given) {
		return nil
	}
	return usagef("--%s %s is not known, expected one of %s", flag, given, strings.Join(words, ", "))
}

// isDate refuses a flag that is given and is no date.
func isDate(flag, given string) error {
	if given == "" {
		return nil
	}
	if _, err := metrics.ParseInstant(given); err != nil {
		return usagef("--%s %s is no date, expected one such as 2026-07-01 or 2026-07-01T10:00:00Z", flag, given)
	}
	return nil
}

// firstError returns the first error there is.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// complete lets the shell complete a flag with words.
func complete(cmd *cobra.Command, flag string, words []string) {
	completeWith(cmd, flag, func() []string { return words })
}

// completeWith lets the shell complete a flag with words that are looked up then.
func completeWith(cmd *cobra.Command, flag string, words func() []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag is not defined: a mistake in this program
	}
}

// fromConfig returns names that the configuration has, for completion. Without a good configuration there
// are none.
func (p *program) fromConfig(names func(*config.Config) []string) func() []string {
	return func() []string {
		c, err := config.Load(p.config, p.env)
		if err != nil {
			return nil
		}
		return names(c)
	}
}

func pathKeys(c *config.Config) []string {
	var keys []string
	for _, path := range c.Paths {
		keys = append(keys, string(path.Key)+"\t"+path.Title)
	}
	return keys
}

func teamKeys(c *config.Config) []string {
	var keys []string
	for _, team := range c.Teams.List {
		keys = append(keys, string(team.Key)+"\t"+team.Title)
	}
	return keys
}

// groupNames are the groups that are listed, and those that teams name without.
func groupNames(c *config.Config) []string {
	var names []string
	known := map[string]bool{"": true}
	for _, g := range c.Teams.Groups {
		names, known[g.Key] = append(names, g.Key+"\t"+g.Title), true
	}
	for _, team := range c.Teams.List {
		if !known[team.Group] {
			names, known[team.Group] = append(names, team.Group), true
		}
	}
	return names
}
