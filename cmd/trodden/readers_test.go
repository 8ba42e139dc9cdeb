package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestReadersAreHurried answers one who reads nothing, and one who reads slowly, on and on.
func TestReadersAreHurried(t *testing.T) {
	t.Parallel()
	const patience = 300 * time.Millisecond
	piece := make([]byte, 64<<10)
	ended := make(chan error, 2)
	server := httptest.NewServer(hurried(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" { // takes longer than anybody may
			for range 5 {
				time.Sleep(patience / 2)
				w.Write(piece[:10])
				http.NewResponseController(w).Flush()
			}
			ended <- nil
			return
		}
		for {
			if _, err := w.Write(piece); err != nil {
				ended <- err
				return
			}
		}
	}), patience))
	defer server.Close()
	got, err := server.Client().Get(server.URL + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if text, err := io.ReadAll(got.Body); err != nil || len(text) != 50 {
		t.Errorf("who reads on got %d bytes and %v", len(text), err)
	}
	<-ended
	idle, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if _, err := idle.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("nothing went wrong for who reads nothing")
		}
	case <-time.After(20 * time.Second):
		t.Error("it waits for who reads nothing")
	}
}
