package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// TestScansOfOneThatRuns lists a scan of a server while its host does not answer: what it has asked is told at once, not when
// the store hears of it.
func TestScansOfOneThatRuns(t *testing.T) {
	t.Parallel()
	p, peer := newHosted(t)
	peer.AddRepo("acme", githubtest.Repo{Name: "pay", Files: map[string]string{"Jenkinsfile": "node {}\n"}})
	server := serveHooks(p)
	defer server.stop()
	peer.Fail(hosttest.Fault{Failure: hosttest.Hang, Route: "POST /graphql", After: 2, Times: -1})
	answer, err := http.Post(server.url+"/api/v1/scans", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	for {
		got := ask[struct {
			State string
			spentOf
			Spent []spentOf
		}](p, "scans")
		if len(got) != 1 || got[0].State != "running" {
			t.Fatalf("listed is %+v, want one that runs", got)
		}
		if one := got[0]; one.Requests >= 2 && one.Points >= 1 {
			if len(one.Spent) != 1 || one.Spent[0] != one.spentOf {
				t.Errorf("it has spent %+v, by source %+v", one.spentOf, one.Spent)
			}
			return
		}
	}
}
