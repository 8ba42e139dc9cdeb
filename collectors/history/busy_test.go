package history_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git/gittest"
	"github.com/trodden/trodden/collectors/history"
)

// lined does something with each line that is logged.
type lined func(line string)

// Write implements io.Writer.
func (l lined) Write(line []byte) (int, error) {
	l(string(line))
	return len(line), nil
}

// TestWaitsForAClone has somebody else use a clone when a scan comes to it, who is done with it once the scan says that it
// waits.
func TestWaitsForAClone(t *testing.T) {
	f := three(t, gittest.Config{})
	other := history.NewCache(f.dir, 0, f.peer.Now)
	used, err := other.Take(id("pay"))
	f.must(err)
	var once sync.Once
	f.log = slog.New(slog.NewTextHandler(lined(func(line string) {
		if strings.Contains(line, "a clone is waited for that another process uses") && strings.Contains(line, "acme/pay") {
			once.Do(func() {
				if err := used.Release(); err != nil {
					t.Error(err)
				}
			})
		}
	}), nil))
	f.scan()
	if f.warnings() != "" || len(f.summary.Partial) > 0 {
		t.Errorf("the scan warns of %q, and says %q", f.warnings(), f.summary.Partial)
	}
	f.walked("pay", "pay")
	f.walked("web", "web")
}

// TestWaitsNoLonger has somebody else keep a clone: the scan says how long it waited, and the next one reads the history.
func TestWaitsNoLonger(t *testing.T) {
	f := three(t, gittest.Config{})
	f.patient = time.Millisecond
	used, err := history.NewCache(f.dir, 0, f.peer.Now).Take(id("pay"))
	f.must(err)
	f.scan()
	if want := "only the head is known, the history cannot be read: its clone is in use by another process for more than 1ms"; f.warnings() != want {
		t.Errorf("the scan warns of %q, want %q", f.warnings(), want)
	}
	f.must(used.Release())
	f.scan()
	if f.warnings() != "" || len(f.summary.Partial) > 0 {
		t.Errorf("the next scan warns of %q, and says %q", f.warnings(), f.summary.Partial)
	}
	f.walked("pay", "pay")
}

// TestTwoScansOfOneCache scans twice at the same time, each for a store of its own: both know all histories.
func TestTwoScansOfOneCache(t *testing.T) {
	f := three(t, gittest.Config{})
	other := *f
	other.store = collectorstest.New()
	var scans sync.WaitGroup
	for _, one := range []*forge{f, &other} {
		scans.Go(func() {
			if err := one.try(); err != nil {
				t.Error(err)
			}
		})
	}
	scans.Wait()
	for _, one := range []*forge{f, &other} {
		if one.warnings() != "" {
			t.Errorf("a scan warns of %q", one.warnings())
		}
		one.walked("pay", "pay")
		one.walked("web", "web")
	}
}
