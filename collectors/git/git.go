// Package git reads local clones and their whole history with the git program.
//
// What lands on the default branch is its first-parent history; the commits behind its merges say who
// really made a change. One walk of the commit graph yields both. Only watched files are kept, and each
// blob is read once, however many clones hold it.
//
// A clone is not trusted. Git is never run in it: each reading makes an empty git directory of its own that
// only borrows the clone's objects, so that no configuration, hook, attribute or remote of the clone takes
// part. Nothing is ever fetched or written, unless Config.Fetch asks for it: then the branch that is read is
// brought up to date before, again by a git directory of our own, to which the clone only says its origin's
// URL and where the origin's branches go. Repositories of which there is no clone are read through Mirrors. The
// program has to be git 2.31 or newer.
package git

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Config says which clones are read, and how.
type Config struct {
	Name   string                 // of the source, as facts carry it
	Dirs   []string               // globs of clones, bare or not
	Branch string                 // the branch to read; empty: origin/HEAD, else HEAD
	Fetch  bool                   // bring that branch up to date before, with the access of whoever runs this
	Watch  metrics.WatchSet       // files to read
	People *collectors.People     // who is behind the names in commits
	Now    func() metrics.Instant // the time of a reading
	Log    *slog.Logger           // may be nil

	Providers []string          // globs of the repositories whose tags are releases, read as the clone has them; of others none is
	Naming    collectors.Naming // which files others of a repository name, that are read too; nil for none
}

// Source reads local clones. It is safe for concurrent use.
type Source struct {
	config  Config
	watch   *collectors.Matcher
	watched uint64

	mu       sync.Mutex
	warnings map[string]string              // of the last listing: what is odd about a repository's clones, by folder
	fetches  map[string]func() (int, error) // since the last listing, by git directory
}

var _ collectors.Source = (*Source)(nil)

// New returns a source of local clones. It refuses globs that cannot be right.
func New(config Config) (*Source, error) {
	if config.People == nil || config.Now == nil {
		return nil, fmt.Errorf("git source %s has no people or no clock: %w", config.Name, metrics.ErrInvalid)
	}
	if err := checkGlobs(config.Dirs); err != nil {
		return nil, err
	}
	watch, err := collectors.NewMatcher(config.Watch)
	if err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{
		config: config, watch: watch, watched: config.Watch.Fingerprint(), fetches: map[string]func() (int, error){},
	}, nil
}

// Name implements collectors.Source.
func (s *Source) Name() string { return s.config.Name }
