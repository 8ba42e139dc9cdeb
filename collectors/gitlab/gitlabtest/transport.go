package gitlabtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// Client returns a client that reaches the peer. It signs nothing.
func (p *Peer) Client() *http.Client { return &http.Client{Transport: p.Transport()} }

// Transport returns what carries requests to the peer: the network, or nothing but a call where the peer is
// InProcess.
func (p *Peer) Transport() http.RoundTripper {
	if p.config.InProcess {
		return inProcess{p}
	}
	return p.server.Client().Transport
}

// inProcess carries requests to a peer without a network.
type inProcess struct{ peer *Peer }

// RoundTrip lets the peer answer in the goroutine of the caller.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	defer asked.Body.Close()
	rec := httptest.NewRecorder()
	aborted := t.serve(rec, asked)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := rec.Result()
	resp.Request = r
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
	t.peer.ServeHTTP(w, r)
	return false
}

// broken is the end of a connection that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
