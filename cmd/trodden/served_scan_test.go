package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
)

// spentOf is what is told of the cost of a scan.
type spentOf struct{ Requests, Points int }

// asked are the requests that a server's figures tell.
func (s *hookedServer) asked() int {
	s.Helper()
	return s.figure(`trodden_source_requests_total{source="github"}`)
}

// figure is one of those that a server tells.
func (s *hookedServer) figure(name string) int {
	s.Helper()
	answer, err := http.Get(s.url + "/metrics")
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\d+)$`).FindSubmatch(text)
	if found == nil {
		s.Fatalf("no %s in\n%s", name, text)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// TestScansThroughAServerAddUp lets a server scan several times: what each scan says that it asked, what is kept of it, what
// the figures of the server say, and what the host was asked are the same, as is what a scan here asks.
func TestScansThroughAServerAddUp(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	settled := time.Now().Add(-time.Hour)
	for i := range 3 {
		peer.AddRepo("acme", githubtest.Repo{Name: fmt.Sprint("r", i), Created: settled, Files: map[string]string{"Jenkinsfile": fmt.Sprint(i)}})
	}
	here := p.with(t, "here")
	local := []spentOf{ask[spentOf](here, "scan")[0], ask[spentOf](here, "scan")[0]}
	peer.ResetCounts()
	server := serveHooks(p)
	defer server.stop()
	sum := 0
	for i, want := range local {
		got := ask[spentOf](p, "scan")[0]
		if got.Requests != want.Requests {
			t.Errorf("scan %d: the server asked %+v, a scan here %+v", i, got, want)
		}
		if kept := ask[spentOf](p, "scans")[0]; kept != got {
			t.Errorf("scan %d: kept is %+v, told was %+v", i, kept, got)
		}
		if sum += got.Requests; server.asked() != sum || peer.Counts().Requests != sum {
			t.Errorf("scan %d: the scans add up to %d requests, the figures tell %d, the host got %d", i, sum, server.asked(), peer.Counts().Requests)
		}
	}
}

// TestServedScanRefuses asks a server for scans that are refused here, too, with the same words and status.
func TestServedScanRefuses(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	_, here := p.run(exitUsage, "scan", "--budget", "1")
	server := serveHooks(p)
	defer server.stop()
	_, there := p.run(exitUsage, "scan", "--budget", "1")
	if !strings.HasSuffix(there, here) || here == "" {
		t.Errorf("a server says %q, here it is said %q", there, here)
	}
	if got := ask[cutOffScan](p, "scans"); len(got) != 0 {
		t.Errorf("a scan that was refused is kept as %+v", got)
	}
	peer.Revoke(githubtest.Secret)
	_, there = p.run(exitFailed, "scan")
	if !strings.Contains(there, "source github: 127.0.0.1 refuses the credentials") {
		t.Errorf("of a token that is refused a server says %q", there)
	}
	if got := ask[cutOffScan](p, "scans"); len(got) != 1 || got[0].State != "failed" || !strings.Contains(got[0].Error, "refuses the credentials") {
		t.Errorf("it is listed as %+v", got)
	}
}

// TestUnknownIsNotRead shows the summary of a scan that could not read a repository, and the figure of a server that begins after it.
func TestUnknownIsNotRead(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	p.write(fmt.Sprintf("sources: [{github: {repos: [acme/pay, acme/nope], token: \"${GITHUB_TOKEN}\", url: %q}}]\n%s", peer.URL, hostedPaths))
	out, _ := p.run(exitUnknown, "scan")
	if !strings.Contains(out, "repos read                1\n") || !strings.Contains(out, "unknown                   1\n") {
		t.Errorf("the scan says\n%s", out)
	}
	server := serveHooks(p)
	defer server.stop()
	if got := server.figure("trodden_repos_unknown"); got != 1 {
		t.Errorf("a server that scanned nothing itself tells of %d unknown repositories, want 1", got)
	}
}
