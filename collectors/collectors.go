// Package collectors reads the places where an organisation keeps its work (clones, code hosts, software
// catalogs) and brings back facts, with no opinion about what they mean.
//
// A Source is one such place. Run drives sources: it reads several repositories at once, tells what it
// does, survives repositories that cannot be read, and leaves a killed run in a state from which the next
// one goes on.
package collectors

import (
	"context"
	"errors"
	"iter"

	"github.com/trodden/trodden/metrics"
)

// Source is one place that facts come from.
type Source interface {
	// Name returns the name that facts carry and that `scan --source` takes.
	Name() string
	// Repos lists what there is now, or where known has a mark, what may be new since that was left. Their ids
	// are given by the run. An error in the sequence means that the list is not complete; nothing is then
	// concluded to be gone, and no mark is left. A list of which known.End was not told is all that there is.
	Repos(ctx context.Context, known *Known) iter.Seq2[metrics.Repo, error]
	// Read writes the facts of one listed repository that are newer than last. An error means that this
	// repository could not be read; it fails no other. With ErrSpent it is left for another run.
	Read(ctx context.Context, repo metrics.Repo, last Last, out Sink) (Done, error)
}

// Batched is a Source that reads many repositories with few requests.
type Batched interface {
	Source
	// Chunk is how many repositories it reads at once at most.
	Chunk() int
	// ReadAll is Read for some of the listed repositories at once. It yields what each of them came to, in any
	// order; one that it says nothing of could not be read. The blobs that out lets it read are those of all.
	ReadAll(ctx context.Context, jobs []Job, out Sink) iter.Seq[Outcome]
}

// Job is a listed repository to read, and what the store has of it.
type Job struct {
	Repo metrics.Repo
	Last Last
}

// Outcome is what reading one of several repositories came to.
type Outcome struct {
	Repo metrics.RepoID
	Done Done
	Err  error
}

// ErrSpent means that a run may ask no more of a host. What was not read by then is neither read nor unknown:
// the next run reads it.
var ErrSpent = errors.New("the budget of the run is spent")

// Prober is a Source that can say whether a repository can be read without reading it.
type Prober interface {
	// Probe fails for a listed repository that a scan could not read, as far as can be told.
	Probe(ctx context.Context, repo metrics.Repo) error
}

// Last is what the store already has of a repository.
type Last struct {
	Walk    metrics.Walk // the newest complete one; the zero Walk where there is none
	Next    uint32       // position that follows the chain's last landed commit
	Reading metrics.Reading

	Releases []metrics.Release // the tags that the source saw; kept in a full run, so that it can be told which are gone
	Told     metrics.Told      // how far the source knows what happened beside files

	Unfollowed bool // its files may name others, and nobody looked which since that is read: see Naming
}

// Moment returns the moment of a new reading: now, but behind the last one. Readings are told apart by their
// second, and one would take the place of another.
func (l Last) Moment(now metrics.Instant) metrics.Instant { return max(now, l.Reading.At+1) }

// Done says what reading one repository came to.
type Done struct {
	Unchanged bool // nothing was new
	Left      bool // its files were read, and the budget was spent before the rest was: the next run reads that
	Changes   int  // file changes written
	Commits   int
	Blobs     int // contents read
	Requests  int // calls to a host
	Warnings  []metrics.Warning
	Missed    []string // what could not be read of it beside its files for a reason that may pass
}

// Sink takes facts. It may be called from several goroutines; a batch belongs to the sink once written.
type Sink interface {
	Write(ctx context.Context, batch *metrics.Batch) error
	// Lacking returns those of the given blobs that the store does not hold and that nobody else in this
	// run has undertaken to read: whoever asks reads them, and asks again when they are written. While all
	// that is lacking is being read by others it waits, since they may fail and leave a blob to read; so
	// once it returns nothing, every blob that can be had is in the store. It never returns a blob to the
	// same reader twice.
	// A store's own Lacking takes blobs that are not Kept as lacking.
	Lacking(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error)
}

// Holder is a Sink that gives back what is in it.
type Holder interface {
	// Held returns the contents of those of the given blobs that the store holds already. Some that were written lately may
	// be missing.
	Held(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error)
}

// Checker is a Source that can say whether it would be let in, before anything is read.
type Checker interface {
	// Check fails where nothing of the source could be read, and says why: which credentials are refused, or which
	// scope they lack.
	Check(ctx context.Context) error
}
