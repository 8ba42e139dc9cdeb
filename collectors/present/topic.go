package present

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Topic is something that is read beside files, as people are told of it.
type Topic struct {
	Name  string
	Needs string // what a token has to be allowed
}

// Why says why a topic is not read, in the words for an error, which may be one of an answer; where that was denied, with
// what it takes.
func (t Topic) Why(words string, a quota.Answer, denied bool) string {
	why, needs := t.Lack(words, a, denied)
	if needs == "" {
		return why
	}
	return why + "; it takes " + needs
}

// Lack is Why in two: what it takes is "" where nothing was denied, or something else is in the way.
func (t Topic) Lack(words string, a quota.Answer, denied bool) (why, needs string) {
	if !denied || a.Locked() {
		return words, ""
	}
	return strings.TrimSuffix(words, "; "+a.Advice()), t.Needs
}

// Failures tells of the topics of a source that cannot be read, once for each reason. It is safe for concurrent use.
type Failures struct {
	Source string
	Log    *slog.Logger

	told sync.Map
}

// Note tells that a topic could not be read: as a warning of the repository that it was found out with, if that was one.
// What may pass, such as a failure of the host, is missed of it; what the token or the host lacks is not, and a scan is
// complete without it. It returns the errors that end the reading of all topics.
func (f *Failures) Note(ctx context.Context, t Topic, r *Reading, why string, passes bool, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, collectors.ErrSpent):
		return err
	}
	if r != nil && passes && !slices.Contains(r.Done.Missed, t.Name) {
		r.Done.Missed = append(r.Done.Missed, t.Name)
	}
	_, told := f.told.LoadOrStore(t.Name+": "+why, true)
	switch {
	case told:
		f.Log.Debug(t.Name+" are not read", "source", f.Source, "error", why)
	case r == nil:
		f.Log.Warn(t.Name+" are not read", "source", f.Source, "error", why)
	default:
		r.Done.Warnings = append(r.Done.Warnings, metrics.Warning{
			Repo: r.Repo.ID, Message: fmt.Sprintf("%s are not read, of this repository first: %s", t.Name, why),
		})
	}
	return nil
}

// Denied tells the log that a topic is denied and noted as such, of which each scan tells people as long as it is so: a
// warning beside that would say the same again.
func (f *Failures) Denied(t Topic, why string) {
	tell := f.Log.Info
	if _, told := f.told.LoadOrStore(t.Name+": "+why, true); told {
		tell = f.Log.Debug
	}
	tell(t.Name+" are not read", "source", f.Source, "error", why)
}
