package main

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// longestHelp is how many characters a line of a help text may have.
const longestHelp = 122

// TestHelpIsWrapped reads what all commands say about themselves, line by line.
func TestHelpIsWrapped(t *testing.T) {
	p := &program{out: io.Discard, err: io.Discard, env: config.Environment{Lookup: func(string) (string, bool) { return "", false }}}
	var read func(*cobra.Command)
	read = func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Long + "\n" + cmd.Example) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > longestHelp {
				t.Errorf("%s: %d characters: %s", cmd.CommandPath(), utf8.RuneCountInString(line), line)
			}
		}
		for _, sub := range cmd.Commands() {
			read(sub)
		}
	}
	read(p.rootCommand())
}
