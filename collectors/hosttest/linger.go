package hosttest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// recorder is what an answer without a network is written to. A body that takes its time is read from late.
type recorder struct {
	*httptest.ResponseRecorder
	late io.Reader
}

// linger writes a body as slowly as the fault says. Without a network it is the caller who waits for it.
func (c *Call) linger(w http.ResponseWriter, body []byte) {
	slow := &lingering{ctx: c.Request.Context(), closing: c.Host.closing, rest: body, wait: time.Second}
	if c.Fault.Is(Stall) {
		slow.gush, slow.wait = len(body)/2, 0
	}
	if rec, ok := w.(*recorder); ok {
		rec.late = slow
		return
	}
	control, part := http.NewResponseController(w), make([]byte, 1<<10)
	control.Flush() // the headers
	for {
		n, err := slow.Read(part)
		w.Write(part[:n])
		control.Flush()
		if err != nil {
			return
		}
	}
}

// lingering gives a body slowly, until nobody waits for it any more.
type lingering struct {
	ctx     context.Context
	closing <-chan struct{}
	rest    []byte
	gush    int           // bytes that come at once
	wait    time.Duration // before each of the others; 0 where none comes
}

// Read implements io.Reader.
func (l *lingering) Read(into []byte) (n int, err error) {
	switch {
	case len(l.rest) == 0:
		return 0, io.EOF
	case l.gush > 0:
		n = copy(into, l.rest[:l.gush])
		l.gush -= n
	default:
		if err := l.pass(); err != nil {
			return 0, err
		}
		n = copy(into, l.rest[:1])
	}
	l.rest = l.rest[n:]
	return n, nil
}

// pass waits for the next byte.
func (l *lingering) pass() error {
	var next <-chan time.Time
	if l.wait > 0 {
		timer := time.NewTimer(l.wait)
		defer timer.Stop()
		next = timer.C
	}
	select {
	case <-next:
		return nil
	case <-l.ctx.Done():
		return l.ctx.Err()
	case <-l.closing:
		return io.ErrUnexpectedEOF
	}
}
