package main

import (
	"net/http"
	"time"
)

// slowest is how long a reader may take for the next piece of an answer: who reads no faster holds a connection for nothing.
const slowest = time.Minute

// hurried gives up on readers that take longer than a time for a piece. An answer may take as long as it does, as long as it is read.
func hurried(next http.Handler, slowest time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := &hurriedWriter{w, http.NewResponseController(w), slowest}
		h.wait() // the time of the answer before is over
		next.ServeHTTP(h, r)
		h.wait()
	})
}

// hurriedWriter gives its reader the same time for each piece.
type hurriedWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
	slowest    time.Duration
}

func (h *hurriedWriter) wait() {
	h.connection.SetWriteDeadline(time.Now().Add(h.slowest)) // where there is no connection nobody can be slow
}

// WriteHeader implements http.ResponseWriter.
func (h *hurriedWriter) WriteHeader(status int) {
	h.wait()
	h.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (h *hurriedWriter) Write(piece []byte) (int, error) {
	h.wait()
	return h.ResponseWriter.Write(piece)
}

// FlushError implements what http.ResponseController looks for.
func (h *hurriedWriter) FlushError() error {
	h.wait()
	return h.connection.Flush()
}

// Unwrap returns what is written to.
func (h *hurriedWriter) Unwrap() http.ResponseWriter { return h.ResponseWriter }
