package collectors

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/metrics"
)

// Choice says by globs of names which of the repositories that a source lists are read, ignoring case: of the last part
// of a name where there is no / in the glob, else of all of it. With no Include all are. A listing asks it of one name
// after the other.
type Choice struct {
	Include, Exclude []string
	met              map[string]bool // globs that some name matched
}

// Validate refuses globs that are none.
func (c *Choice) Validate() error {
	for _, glob := range slices.Concat(c.Include, c.Exclude) {
		if glob == "" || !doublestar.ValidatePattern(glob) {
			return fmt.Errorf("glob %q of names: %w", glob, metrics.ErrInvalid)
		}
	}
	return nil
}

// Takes reports whether the repository of this name below its host is read.
func (c *Choice) Takes(full string) bool {
	full = strings.ToLower(full)
	in := len(c.Include) == 0
	for _, glob := range c.Include {
		in = c.matches(glob, full) || in
	}
	return in && !slices.ContainsFunc(c.Exclude, func(glob string) bool { return c.matches(glob, full) })
}

func (c *Choice) matches(glob, full string) bool {
	name := full
	if !strings.Contains(glob, "/") {
		name = full[strings.LastIndexByte(full, '/')+1:]
	}
	if !doublestar.MatchUnvalidated(strings.ToLower(glob), name) {
		return false
	}
	if c.met == nil {
		c.met = map[string]bool{}
	}
	c.met[glob] = true
	return true
}

// Idle lists the globs of Include that no name has matched so far.
func (c *Choice) Idle() []string {
	return slices.DeleteFunc(slices.Clone(c.Include), func(glob string) bool { return c.met[glob] })
}

// Listed warns of globs that matched nothing of a list of everything: somebody meant something by them.
func (c *Choice) Listed(known *Known, log *slog.Logger, source string) {
	if known.ended && known.whole {
		for _, glob := range c.Idle() {
			log.Warn("a glob of include matches no repository", "source", source, "glob", glob)
		}
	}
}
