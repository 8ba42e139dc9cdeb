package collectors

import (
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Frugal is a Source that asks a host, and goes on with what the budget of a run did not reach.
type Frugal interface {
	Source
	// Least is how many requests a run needs to get any further with it: what looking at it takes at most (see Checker),
	// and the largest step that cannot be divided.
	Least() int
}

// CheckBudget fails where so many requests would not get a run of all the sources any further: each needs its least. A
// budget of 0 is none.
func CheckBudget(budget int, sources []Source) error {
	least, parts := 0, []string(nil)
	for _, source := range sources {
		if f, ok := source.(Frugal); ok {
			least += f.Least()
			parts = append(parts, fmt.Sprintf("%d for %s", f.Least(), source.Name()))
		}
	}
	if budget == 0 || budget >= least {
		return nil
	}
	return fmt.Errorf("a budget of %d leads nowhere, the least is %d requests: %s, for the look at its credentials and one step: %w",
		budget, least, strings.Join(parts, ", "), metrics.ErrInvalid)
}
