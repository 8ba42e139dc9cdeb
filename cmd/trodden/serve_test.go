package main

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
)

func TestServe(t *testing.T) {
	s := newSession(t, map[string]string{"trodden.yaml": goodConfig + "scan: {schedule: \"@yearly\"}\n"})
	ctx, stop := context.WithCancel(t.Context())
	announced := make(chan string, 1)
	var granted access
	s.open = func(context.Context, *program, *config.Config, schemaUse) (*local, error) {
		return &local{
			handler: func(a access) http.Handler {
				granted = a
				return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") })
			},
			announce: func(url string) error { announced <- url; return nil },
			close:    func() error { return nil },
		}, nil
	}
	p := &program{out: &s.out, err: &s.err, open: s.open, now: time.Now,
		env: config.Environment{Lookup: func(string) (string, bool) { return "", false }}}
	status := make(chan int, 1)
	go func() { status <- p.run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}) }()
	url := <-announced
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "here" {
		t.Errorf("got %q, %v, want here", body, err)
	}
	stop()
	if got := <-status; got != exitDone {
		t.Errorf("got exit status %d, want %d: %s", got, exitDone, &s.err)
	}
	if diff := cmp.Diff(granted, access{Write: true}); diff != "" {
		t.Errorf("access on loopback (-got +want):\n%s", diff)
	}
	if want := "listening on " + url + "\n"; s.out.String() != want {
		t.Errorf("got %q, want %q", &s.out, want)
	}
}

func TestListensOn(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		"[::1]:8080":     "http://[::1]:8080",
		"10.0.0.1:8080":  "http://10.0.0.1:8080",
		"0.0.0.0:8080":   "0.0.0.0:8080, on every network of this machine: http://127.0.0.1:8080 from here",
		"[::]:8080":      "[::]:8080, on every network of this machine: http://127.0.0.1:8080 from here",
	} {
		if got := listensOn(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestAccess(t *testing.T) {
	tests := []struct {
		addr      string
		anonymous bool
		token     string
		want      access
	}{
		{"127.0.0.1:8080", false, "", access{Write: true}},
		{"localhost:8080", false, "s", access{Token: "s"}},
		{"[::1]:8080", false, "", access{Write: true}},
		{"0.0.0.0:8080", false, "s", access{Deny: true, AnyHost: true, Token: "s"}},
		{":8080", true, "", access{AnyHost: true}},
		{"10.0.0.1:8080", true, "s", access{AnyHost: true, Token: "s"}},
	}
	for _, test := range tests {
		p := &program{env: config.Environment{Lookup: func(string) (string, bool) { return test.token, true }}}
		got := p.accessFor(serveFlags{addr: test.addr, anonymous: test.anonymous})
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", test.addr, diff)
		}
	}
}
