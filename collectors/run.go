package collectors

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Store keeps facts and says what it has of a repository.
type Store interface {
	Sink
	// Last returns what a source brought of a repository; the zero Last where it brought nothing.
	Last(ctx context.Context, source string, repo metrics.RepoID) (Last, error)
	// Repos returns what every source said of each repository under each of its names, in any order.
	Repos(ctx context.Context) ([]metrics.Repo, error)
	// Listings returns of every source and part at least the newest listing, the newest full and the newest whole
	// one, in any order.
	Listings(ctx context.Context) ([]metrics.Listing, error)
	// Members returns whom a source saw in teams of its host, periods that are over included, in any order.
	Members(ctx context.Context, source string) ([]metrics.Membership, error)
}

// Options says what a run reads, and how.
type Options struct {
	Sources []Source
	Store   Store
	Workers int      // repositories, or chunks of them, read at once; at least one
	Chunk   int      // repositories of a source that are read together, at most; 0 for as many as it likes
	Shard   Shard    // the part of the repositories that this process reads
	Full    bool     // read everything anew, as if the store had nothing
	Anew    bool     // look at what sources look at from time to time only: teams, policies, what happens without a push
	Only    Only     // the repositories that are read; listings are then concluded nothing from
	Held    []string // sources whose hosts allow nothing for now: they are read behind all others, which need not wait with them
	// Hosts says which host sources ask, by their names. Sources of several hosts are read at once, so that none waits with
	// another; those that ask none, and are not in it, before. Where it is nil all are read one after the other.
	Hosts map[string]string
	// InTurn reads one host after the other, as long as none keeps the next waiting.
	InTurn bool
	// Meanwhile is called when what some hosts told was read, or what asks none, while others keep waiting: it may conclude
	// from that. It is never called twice at once; may be nil.
	Meanwhile func(ctx context.Context) error
	Patience  time.Duration    // how long a host that tells nothing is waited for before that; 0 for half a minute
	Retired   map[string]bool  // sources that are not configured any more: that they had a repository does not keep it
	Progress  func(Progress)   // told after each repository, never twice at once; may be nil
	Log       *slog.Logger     //
	Now       func() time.Time //
}

// Shard is part Index of Count equal parts, counted from 1. The zero Shard is all there is.
type Shard struct{ Index, Count int }

// Holds reports whether a repository is in the part.
func (s Shard) Holds(id metrics.RepoID) bool {
	return s.Count <= 1 || uint64(id)%uint64(s.Count) == uint64(s.Index-1)
}

// Progress is how far a run has come.
type Progress struct {
	Listed  int  // repositories found up to now
	Whole   bool // no more will be found
	Read    int  // repositories that are done, the unknown ones included
	Unknown int  // of these, the ones that could not be read
	Changes int
	Commits int
	Repo    string // the one that was just done
}

// Summary is what a run came to.
type Summary struct {
	Listed    int // repositories that the sources listed, or that are there as they were
	Repos     int // done, the unknown ones included
	Unchanged int
	Unknown   int
	Left      int  // listed, and not read because the budget was spent
	Begun     bool // a list was begun that the next run goes on with
	Changes   int
	Commits   int
	Blobs     int
	Requests  int
	Renamed   int // have another name than they had in the list before
	Archived  int // are archived, and were not
	Gone      int // are not there any more, of which no other source knows better
	Duration  time.Duration
	Changed   []metrics.RepoID // of which something new is known, if only that they cannot be read
	Well      []metrics.Repo   // where only some were asked for: those of which everything was read
	Partial   []string         // sources whose list of repositories was not complete
	Denied    []Refusal        // parts of sources that their hosts deny
	Problems  []Problem        // one for each unknown repository
	Warnings  []metrics.Warning
}

// Problem is a repository that could not be read, and why.
type Problem struct {
	Source string // that it is of
	Repo   string
	Reason metrics.Reason
	Detail string // the error in words, free of secrets
}

// ReadError is the error of a repository that could not be read, with the reason that people are shown.
type ReadError struct {
	Reason metrics.Reason
	Err    error
}

// Error implements error.
func (e *ReadError) Error() string { return e.Err.Error() }

// Unwrap returns the error behind it.
func (e *ReadError) Unwrap() error { return e.Err }

// NewProblem says why a repository could not be read, as people are shown it.
func NewProblem(repo string, err error) Problem {
	return Problem{Repo: repo, Reason: reason(err), Detail: redact(err.Error())}
}

// reason returns the reason why something could not be read.
func reason(err error) metrics.Reason {
	var read *ReadError
	switch {
	case errors.As(err, &read):
		return read.Reason
	case errors.Is(err, fs.ErrPermission):
		return metrics.ReasonForbidden
	default:
		return metrics.ReasonUnreadable
	}
}

// listAhead is how many pieces of work may be listed before the first is read.
const listAhead = 1 << 14

// Run reads every repository of every source. A repository that cannot be read, or at which a source
// panics, is unknown and fails no other. When ctx ends, Run returns its error: what was read completely is
// in the store by then, and the next run goes on from there. The same holds when the store fails.
//
// What a listing leaves for the next one is written at the very end, and only for sources of which everything that
// was listed was read or is unknown by then: a run that was cut off, or spent its budget, skips nothing.
func Run(ctx context.Context, o Options) (Summary, error) {
	begun := o.Now()
	if o.Shard.Count <= 1 {
		o.Shard = Shard{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.Patience = cmp.Or(o.Patience, endurance)
	r := &run{Options: o, ledger: newLedger(o.Store, cancel)}
	if err := r.readAll(ctx); err != nil {
		cancel(err)
	}
	if err := r.ledger.flush(context.WithoutCancel(ctx)); err != nil {
		cancel(err)
	}
	if ctx.Err() == nil {
		if err := r.conclude(ctx); err != nil {
			cancel(err)
		}
	}
	if len(o.Hosts) > 0 { // what was told at once is told in order
		slices.SortStableFunc(r.summary.Partial, func(a, b string) int { return cmp.Compare(r.tellsOf(a), r.tellsOf(b)) })
	}
	r.summary.Duration = o.Now().Sub(begun)
	return r.summary, context.Cause(ctx)
}

// tellsOf is which listing a line of what is partial tells of, by its place.
func (r *run) tellsOf(line string) int {
	return slices.IndexFunc(r.listings, func(l *listing) bool { return strings.HasPrefix(line, l.source.Name()+": ") })
}

// inTurn returns the sources in the order in which they are read.
func (r *run) inTurn() []Source {
	held := func(s Source) int {
		if slices.Contains(r.Held, s.Name()) {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(r.Sources), func(a, b Source) int {
		return cmp.Or(cmp.Compare(held(a), held(b)), r.memory.turn(a.Name(), b.Name(), r.Shard))
	})
}

// readAll lists the sources of a lane one after the other and reads what they list meanwhile. What asks no host comes first:
// it may name repositories of hosts.
func (r *run) readAll(ctx context.Context) (err error) {
	if r.memory, err = remember(ctx, r.Store); err != nil {
		return err
	}
	r.identities = newIdentities(r.memory.rows)
	turn := r.inTurn()
	r.listings = make([]*listing, len(turn))
	lanes := r.lanes(turn)
	unlisted := len(lanes)
	listed := func() {
		r.tell(func(p *Progress) {
			unlisted--
			p.Whole = unlisted == 0
		})
	}
	hosts := slices.DeleteFunc(slices.Clone(lanes), func(l lane) bool { return l.name == "" })
	if len(hosts) < len(lanes) {
		i := slices.IndexFunc(lanes, func(l lane) bool { return l.name == "" })
		r.readLane(ctx, lanes[i], turn, listed)
	}
	r.beside(ctx, hosts, len(hosts) < len(lanes), func(l lane) { r.readLane(ctx, l, turn, listed) })
	return nil
}

// run is a run under way.
type run struct {
	Options
	ledger     *ledger
	memory     memory
	identities *identities
	listings   []*listing

	mu       sync.Mutex
	progress Progress
	summary  Summary
	stirred  time.Time // when anything was listed or read last
}

// tell changes the progress and shows it.
func (r *run) tell(change func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.progress)
	r.stirred = time.Now()
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}

// credentials is what stands before the host of a URL.
var credentials = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@`)

// redact takes credentials out of URLs in a message.
func redact(message string) string { return credentials.ReplaceAllString(message, "$1") }
