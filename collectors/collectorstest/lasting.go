package collectorstest

import (
	"testing"

	"github.com/trodden/trodden/collectors"
)

// Lasting is a source of which a part fails, or is denied, for as long as a test lasts.
type Lasting struct {
	testing.TB
	Scan  func() collectors.Summary     // half an hour after the last one
	Push  func()                        // changes a file
	Tries *int                          // requests for the part, up to now
	Tells func(collectors.Summary) bool // whether a scan of ten repositories tells of the part, and of nothing else
	Asked func(tried, pushed bool)      // looks at how many requests a scan made that tried the part, or that there was a push before
}

// Tried scans for twenty hours and fails the test where the part is not tried by the next scan and then less and less
// often, so many times at most, or where it hides what is new.
func (l Lasting) Tried(most int) {
	l.Helper()
	var in []int
	for i := range 40 {
		before, pushed := *l.Tries, i == 5
		if pushed {
			l.Push()
		}
		if got := l.Scan(); got.Repos != 10 || got.Unknown != 0 || !l.Tells(got) {
			l.Fatalf("scan %d came to %+v", i, got)
		}
		tried := *l.Tries > before
		if tried {
			in = append(in, i)
		}
		l.Asked(tried, pushed)
	}
	if len(in) == 0 || in[0] != 0 || len(in) > most {
		l.Errorf("it was tried again in the scans %v, want in the next one and then less and less often, %d times at most", in, most)
	}
}
