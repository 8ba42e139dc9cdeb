package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

func TestScanOnServer(t *testing.T) {
	s, api, flags := ways()["over HTTP"](t)
	status := s.run(append([]string{"scan", "--source", "git", "--full", "--shard", "1/2", "--budget", "5"}, flags...)...)
	if status != exitUnknown {
		t.Errorf("got exit status %d, want %d: %s", status, exitUnknown, &s.err)
	}
	want := []string{`POST /api/v1/scans {"source":"git","full":true,"shard":"1/2","budget":5}`, "GET /api/v1/scans/7"}
	if diff := cmp.Diff(api.asked, want); diff != "" {
		t.Errorf("asked (-got +want):\n%s", diff)
	}
	who, err := s.err.ReadString('\n')
	if err != nil || !strings.HasSuffix(who, " scans, with its own configuration\n") {
		t.Errorf("got %q, want to be told whose configuration holds", who)
	}
	checkScan(t, s)
}

func checkScan(t *testing.T, s *session) {
	t.Helper()
	const wantOut = "repos read               59\nunchanged                57\nunknown                   1\n" +
		"changes written          42\nrequests made             0\nseconds                12.0\n"
	if diff := cmp.Diff(s.out.String(), wantOut); diff != "" {
		t.Errorf("summary (-got +want):\n%s", diff)
	}
	const wantErr = "unknown: github.com/acme/torn: unreadable (bad pack)\n"
	if diff := cmp.Diff(s.err.String(), wantErr); diff != "" {
		t.Errorf("beside it (-got +want):\n%s", diff)
	}
}

func TestScanInProcess(t *testing.T) {
	done := scanRow{State: "done", Total: 60, Repos: 60, Unchanged: 57, Unknown: 1, Changes: 42,
		Problems: []scanProblem{{Repo: "github.com/acme/torn", Reason: "unreadable", Detail: "bad pack"}}}
	clean := scanRow{State: "done", Complete: true, Repos: 1}
	tests := []struct {
		name   string
		row    scanRow
		err    error
		status int
		stderr string
	}{
		{"some unknown", done, nil, exitUnknown, "unknown: github.com/acme/torn: unreadable (bad pack)\n"},
		{"all read", clean, nil, exitDone, ""},
		{"a source was not listed whole", scanRow{Repos: 1}, nil, exitUnknown, ""},
		{"failed", scanRow{}, errors.New("disk full"), exitFailed, "trodden: disk full\n"},
		{"a server was ended meanwhile", scanRow{State: "interrupted"}, nil, exitFailed, "trodden: scan: the server ended it; the same command goes on from there\n"},
		{"another one runs", scanRow{}, fmt.Errorf("scan 18be runs: %w", metrics.ErrConflict), exitFailed, "trodden: scan 18be runs\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t, map[string]string{"trodden.yaml": goodConfig})
			s.step = 12 * time.Second
			closed := false
			s.open = func(context.Context, *program, *config.Config, schemaUse) (*local, error) {
				return &local{
					makeReady: func(context.Context) {},
					scan: func(_ context.Context, _ scanRequest, show func(scanProgress)) (scanRow, error) {
						show(scanProgress{Progress: collectors.Progress{Listed: 60, Read: 10}})
						return test.row, test.err
					},
					close: func() error { closed = true; return nil },
				}, nil
			}
			status := s.run("scan")
			if status != test.status || s.err.String() != test.stderr {
				t.Errorf("got exit status %d, %q, want %d, %q", status, &s.err, test.status, test.stderr)
			}
			if !closed {
				t.Error("the store was left open")
			}
			if test.name == "some unknown" {
				checkScan(t, s)
			}
		})
	}
}

func TestScanAsJSON(t *testing.T) {
	s, _, flags := ways()["over HTTP"](t)
	s.run(append([]string{"scan", "--output", "json"}, flags...)...)
	const want = `{"data":[{"repos":60,"unchanged":57,"unknown":1,"changes":42,"requests":0,"seconds":12,"complete":false,"points":0,` +
		`"problems":[{"source":"git","repo":"github.com/acme/torn","reason":"unreadable","detail":"bad pack"}],"spent":[],"renamed":0,"archived":0,"gone":0,"resumed":0,"common":[],"lacks":[],"catalogs":[],"links":{"asked":0,"dead":0,"left":0}}],` +
		`"as_of":"2026-11-22T10:00:00Z","scan":{"at":"2026-11-22T09:59:00Z","complete":false,"unknown":1},"next":null}` + "\n"
	if diff := cmp.Diff(s.out.String(), want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestParseShard(t *testing.T) {
	tests := []struct {
		in   string
		want collectors.Shard
		ok   bool
	}{
		{"", collectors.Shard{}, true},
		{"1/4", collectors.Shard{Index: 1, Count: 4}, true},
		{"4/4", collectors.Shard{Index: 4, Count: 4}, true},
		{"0/4", collectors.Shard{}, false},
		{"1/1", collectors.Shard{Index: 1, Count: 1}, true},
		{"5/4", collectors.Shard{}, false},
		{"-1/4", collectors.Shard{}, false},
		{"1/0", collectors.Shard{}, false},
		{"1", collectors.Shard{}, false},
		{"a/b", collectors.Shard{}, false},
		{"1/2/3", collectors.Shard{}, false},
	}
	for _, test := range tests {
		got, err := parseShard(test.in)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("parseShard(%q): got %v, %v, want %v", test.in, got, err, test.want)
		}
	}
}

func TestProgressOnTerminal(t *testing.T) {
	var err bytes.Buffer
	bar := newBar(&err, 0)
	bar.show(scanProgress{Progress: collectors.Progress{Listed: 10, Read: 0}})
	bar.show(scanProgress{Progress: collectors.Progress{Listed: 20, Whole: true, Read: 5}})
	bar.show(scanProgress{Progress: collectors.Progress{Listed: 20, Whole: true, Read: 20}, Judged: 3, Stale: 7})
	bar.end()
	for _, want := range []string{"reading", "/10", "classifying", "/7"} {
		if got := err.String(); !strings.Contains(got, want) {
			t.Errorf("got %q, want a bar that shows %s", got, want)
		}
	}
	err.Reset()
	bar = (&program{err: &err}).newProgress()
	bar.show(scanProgress{Progress: collectors.Progress{Listed: 10, Read: 5}})
	bar.end()
	if got := err.String(); got != "" {
		t.Errorf("got %q without a terminal, want nothing", got)
	}
}

// TestRunningScanIsNamed shows that a refusal names the scan that runs as answers and addresses do.
func TestRunningScanIsNamed(t *testing.T) {
	s := &services{now: func() time.Time { return time.Date(2026, 7, 1, 10, 0, 0, 7, time.UTC) }}
	if err := s.claim(scanRequest{}); err != nil {
		t.Fatal(err)
	}
	err := s.claim(scanRequest{})
	if want := "scan 18be221a920b4007 is running: conflict"; !errors.Is(err, metrics.ErrConflict) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := s.running.ID.String(); got != "18be221a920b4007" {
		t.Errorf("the running scan is called %s", got)
	}
}
