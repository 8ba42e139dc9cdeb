package quota

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// lateness is the error of a try that took too long: with its answer, or with the body of that.
type lateness struct {
	source  string
	timeout time.Duration
	err     error
	row     int // of requests in a row that were not answered, because of which this one is not sent; 0 where it was
}

// Error implements error.
func (l *lateness) Error() string {
	if l.row > 0 {
		return fmt.Sprintf("%s: not asked: no answer within %s, %d times in a row", l.source, l.timeout, l.row)
	}
	return fmt.Sprintf("%s: no answer within %s: %v", l.source, l.timeout, l.err)
}

// words say it of a host of some product.
func (l *lateness) words(product string) string {
	if l.row > 0 {
		return fmt.Sprintf("%s did not answer within %v, %d times in a row: it is not asked for that any more in this run", product, l.timeout, l.row)
	}
	return fmt.Sprintf("%s did not answer within %v: try again when it is less busy", product, l.timeout)
}

// Unwrap returns the error behind it.
func (l *lateness) Unwrap() error { return l.err }

// Is reports whether it is context.DeadlineExceeded, whatever the network says when a deadline has passed.
func (l *lateness) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout implements net.Error.
func (l *lateness) Timeout() bool { return true }

// Temporary implements net.Error.
func (l *lateness) Temporary() bool { return true }

// Late reports whether an error is that a host did not answer in time.
func Late(err error) bool {
	var late *lateness
	return errors.As(err, &late)
}

// explain says of a try that took too long that it did; the caller's own end stays what it is.
func (p *Pool) explain(req *http.Request, try context.Context, err error) error {
	if err != nil && !errors.Is(err, io.EOF) && errors.Is(try.Err(), context.DeadlineExceeded) && req.Context().Err() == nil {
		return &lateness{source: p.config.Source, timeout: p.timeout, err: err}
	}
	return err
}

// hungUp is the error of a connection that ended without any answer, which is not an answer that is cut.
type hungUp struct{ error }

// Unwrap returns the error behind it.
func (h hungUp) Unwrap() error { return h.error }

// kept is how much of an answer is read before it is given, so that one whose body stops can be asked for again. Hardly
// any answer is longer.
const kept = 8 << 20

// keep reads the body of an answer, up to some length, and puts it back. It fails for one that takes too long.
func keep(resp *http.Response) error {
	var text bytes.Buffer
	_, err := io.CopyN(&text, resp.Body, kept)
	if Late(err) {
		resp.Body.Close()
		return err
	}
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = broken{err}
	}
	resp.Body = together{io.MultiReader(&text, rest), resp.Body}
	return nil
}

// together is a body that is read elsewhere than it is closed.
type together struct {
	io.Reader
	io.Closer
}
