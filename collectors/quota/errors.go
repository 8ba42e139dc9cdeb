package quota

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrBudget means that a run has sent as many requests as it was allowed to.
var ErrBudget = errors.New("the budget of requests is used up")

// overBudget is the ErrBudget of a source.
type overBudget struct {
	source string
	size   int
}

// Error implements error.
func (e *overBudget) Error() string { return fmt.Sprintf("%s: %s", e.source, e.Spent()) }

// Spent says what is spent, for people.
func (e *overBudget) Spent() string { return fmt.Sprintf("the budget of %d requests is spent", e.size) }

// Is reports whether it is ErrBudget.
func (e *overBudget) Is(target error) bool { return target == ErrBudget }

// ErrRefused means that the host takes none of the credentials.
var ErrRefused = errors.New("credentials refused")

// turnedAway is the ErrRefused of a source whose credentials are refused, all of them.
type turnedAway struct {
	source string
	names  []string // of the credentials; none where there are none
	answer *Answer  // to the last of them; nil where there was none
	means  string   // that; "" where it is not known
}

// Error implements error.
func (t *turnedAway) Error() string { return fmt.Sprintf("%s: the host %s", t.source, t.words()) }

// words say it of the host.
func (t *turnedAway) words() string {
	if len(t.names) == 0 {
		return "answers nobody without credentials: configure a token"
	}
	return fmt.Sprintf("refuses the credentials (%s): %s", strings.Join(t.names, ", "), cmp.Or(t.means, "they may be wrong, expired or revoked"))
}

// Is reports whether it is ErrRefused.
func (t *turnedAway) Is(target error) bool { return target == ErrRefused }

// Exhausted is the error of a request for which there is nothing left, and for which to wait makes no sense:
// longer than the Config allows, or than the context of the request lives. What was read before stays good,
// and whoever asks again after Until goes on from there.
type Exhausted struct {
	Source   string
	Resource string
	Until    time.Time // on the clock of this machine
	Refused  int       // how often the host refused this very request for a limit
}

// Error says what may be asked when.
func (e *Exhausted) Error() string {
	return fmt.Sprintf("%s: the host allows no request of %s before %s", e.Source, e.Resource, e.Until.UTC().Format(time.RFC3339))
}

// Spent says what is spent, for people.
func (e *Exhausted) Spent() string {
	return "the host allows no more requests before " + e.Until.UTC().Format(time.RFC3339)
}
