package hosttest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// Client returns a client that reaches the host. It signs nothing.
func (h *Host) Client() *http.Client { return &http.Client{Transport: h.Transport()} }

// Transport returns what carries requests to the host: the network, or nothing but a call where it opens no port.
// Whatever asks by a call may run in a bubble of testing/synctest, on a clock that is nobody's.
func (h *Host) Transport() http.RoundTripper {
	if h.config.InProcess {
		return inProcess{h.handler}
	}
	return h.server.Client().Transport
}

// inProcess carries requests to a handler without a network.
type inProcess struct{ handler http.Handler }

// RoundTrip lets the handler answer in the goroutine of the caller.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	defer asked.Body.Close()
	rec := &recorder{ResponseRecorder: httptest.NewRecorder()}
	aborted := t.serve(rec, asked)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := rec.Result()
	resp.Request = r
	if rec.late != nil {
		resp.Body = io.NopCloser(rec.late)
	}
	if aborted {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, broken{}))
	}
	if n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	}
	return resp, nil
}

// serve says whether the answer was given up in the middle, as a server tells its network by a panic.
func (t inProcess) serve(w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			aborted = true
		default:
			panic(cause)
		}
	}()
	t.handler.ServeHTTP(w, r)
	return false
}

// broken is the end of a connection that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
