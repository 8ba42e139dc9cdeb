package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/cmd/trodden/starter"
	"github.com/trodden/trodden/metrics"
)

func (p *program) initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "init [DIR...]", Short: "Write a configuration for the clones at hand",
		Long: `Looks for git clones in the current folder (or in DIR), up to three folders deep, looks at what they hold at
their heads, and writes a commented trodden.yaml: where the clones are, and as a first golden path the
pipeline that most of them use, with the other ways that are really there as its alternatives. Change it
as you like; trodden scan and trodden adoption work with it as it is. Repositories on GitHub and GitLab need no
clones: write sources for them into trodden.yaml, as deploy/trodden.example.yaml shows.`,
		Example: `  cd ~/src && trodden init
  trodden init ~/src/acme /srv/git --config acme.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return p.propose(cmd.Context(), args, force)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over a configuration that is there")
	return cmd
}

func (p *program) propose(ctx context.Context, dirs []string, force bool) error {
	if _, err := os.Lstat(p.config); err == nil && !force {
		return usagef("%s is there already: --force writes over it, --config names another", p.config)
	}
	if err := needGit(); err != nil {
		return err
	}
	for i, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("find %s: %w", dir, err)
		}
		dirs[i] = abs
	}
	survey, err := starter.Look(ctx, dirs)
	if err != nil {
		return err
	}
	if len(survey.Clones) == 0 {
		p.tell("repositories on GitHub or GitLab need no clones: write %s with a source such as {github: {org: acme, token: \"${GITHUB_TOKEN}\"}}, as deploy/trodden.example.yaml shows", p.config)
		return fmt.Errorf("there are no git clones in %s, three folders deep: name the folder that holds yours, `trodden init DIR`: %w", dirs[0], metrics.ErrNotFound)
	}
	file, err := filepath.Abs(p.config)
	if err != nil {
		return fmt.Errorf("find the folder of %s: %w", p.config, err)
	}
	proposal := survey.Propose(starter.Place{Dir: filepath.Dir(file), Home: p.env.Home})
	if _, err := config.Parse(p.config, proposal.Text, p.env); err != nil {
		return fmt.Errorf("propose a configuration: %v", err) // not the user's mistake
	}
	if err := writeConfig(p.config, proposal.Text, force); err != nil {
		return err
	}
	for _, dir := range survey.Broken {
		p.tell("%s could not be read, the proposal does without it", dir)
	}
	p.say("%s written: %s in %s", p.config, count(len(survey.Clones), "clone", "clones"), strings.Join(survey.Globs(filepath.Dir(file), p.env.Home), ", "))
	p.say("golden path ci, a guess: %s", proposal.Golden)
	p.say("next: trodden check, trodden scan, trodden adoption")
	return nil
}

// writeConfig writes a new file; over one that is there only by force.
func writeConfig(file, text string, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(file, mode, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already: --force writes over it", file)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}
