package github

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// hostClock is the clock of a host, as its answers tell. Before there was one it is that of this machine.
type hostClock struct {
	log   *slog.Logger // told once of a clock that is wrong; may be nil
	told  sync.Once
	mu    sync.Mutex
	ahead time.Duration // of this machine's
}

// exact is how far the time that an answer tells may be from this machine's without telling anything: it has whole seconds,
// and took some time to come.
const exact = 5 * time.Second

// hear takes the time of an answer.
func (c *hostClock) hear(answer http.Header) {
	at, err := http.ParseTime(answer.Get("Date"))
	if err != nil {
		return
	}
	c.set(time.Until(at))
	if off := c.off(); off != "" && c.log != nil {
		c.told.Do(func() { c.log.Warn(off + ": the time of the host is taken") })
	}
}

func (c *hostClock) set(ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ahead = ahead; ahead.Abs() < exact {
		c.ahead = 0
	}
}

// now is the time at the host.
func (c *hostClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// off says how much the clock of this machine is wrong, where that is more than a minute; else "".
func (c *hostClock) off() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	way := "behind"
	if c.ahead < 0 {
		way = "ahead of"
	}
	if c.ahead.Abs() <= time.Minute {
		return ""
	}
	return fmt.Sprintf("the clock of this machine is %v %s that of GitHub", c.ahead.Abs().Round(time.Second), way)
}
