package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// inProcess carries requests to a handler in this process. Answers stream: nothing is kept whole.
type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	pipe, w := io.Pipe()
	body := &localBody{pipe, make(chan struct{})}
	answer := &localAnswer{request: r, header: http.Header{}, body: w, ready: make(chan *http.Response, 1), reader: body}
	served := r.Clone(r.Context())
	served.RequestURI = r.URL.RequestURI()
	served.Host = r.URL.Host
	served.RemoteAddr = "127.0.0.1:0"
	if served.Body == nil {
		served.Body = http.NoBody
	}
	go func() {
		defer close(body.ended)
		w.CloseWithError(t.serve(answer, served))
	}()
	select {
	case response := <-answer.ready:
		return response, nil
	case <-r.Context().Done():
		return nil, errors.Join(r.Context().Err(), body.Close())
	}
}

// localBody is the body of an answer. Closing it waits until the handler has ended: nothing works on the
// store after that.
type localBody struct {
	*io.PipeReader
	ended chan struct{}
}

// Close implements io.Closer.
func (b *localBody) Close() error {
	b.PipeReader.Close() // what the handler still writes fails
	<-b.ended
	return nil
}

// serve runs the handler; an answer that it breaks off is an error for whoever reads it.
func (t inProcess) serve(w *localAnswer, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); {
		case v == nil:
			w.WriteHeader(http.StatusOK)
		case v == http.ErrAbortHandler:
			err = errors.New("the answer broke off")
		default:
			err = fmt.Errorf("the answer broke off: %v", v)
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	t.handler.ServeHTTP(w, r)
	return nil
}

// localAnswer is the http.ResponseWriter of a handler in this process.
type localAnswer struct {
	request *http.Request
	header  http.Header
	sent    bool
	ready   chan *http.Response
	reader  io.ReadCloser
	body    *io.PipeWriter
}

func (a *localAnswer) Header() http.Header { return a.header }

// Flush implements http.Flusher: nothing is held back.
func (a *localAnswer) Flush() {}

func (a *localAnswer) WriteHeader(status int) {
	if a.sent || status < 200 {
		return
	}
	a.sent = true
	a.ready <- &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header.Clone(), Body: a.reader, ContentLength: -1, Request: a.request,
	}
}

func (a *localAnswer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}
