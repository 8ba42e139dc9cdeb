package gitlabtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
	"github.com/xanzy/go-gitlab"
)

// at is so many hours after the peer's clock began.
func at(hours int) time.Time { return gitlabtest.Start.Add(time.Duration(hours) * time.Hour) }

// acme starts a peer with a group that has something of everything.
func acme(t testing.TB, config gitlabtest.Config) *gitlabtest.Peer {
	t.Helper()
	p := gitlabtest.New(t, config)
	p.AddUser(gitlabtest.User{Username: "robot", Bot: true})
	p.AddGroup("acme", gitlabtest.Group{Name: "Acme", Created: at(-600), Members: []gitlabtest.Member{{User: "ana", Access: gitlabtest.Owner}}})
	p.AddGroup("acme/platform", gitlabtest.Group{Visibility: "public", Created: at(-600), Members: []gitlabtest.Member{{User: "bob"}, {User: "ana", Access: gitlabtest.Guest}}})
	p.AddGroup("acme/platform/ci", gitlabtest.Group{Created: at(-600)})
	p.AddProject("acme/platform/ci", gitlabtest.Project{Path: "golden", Created: at(-300), Files: map[string]string{
		"build.yml":                   "include: /common.yml\nbuild:\n  stage: build\n  script: [make]\n",
		"common.yml":                  ".base:\n  image: golang\n",
		"templates/test.yml":          "spec:\n  inputs:\n    stage:\n---\ntest:\n  script: [make test]\n",
		"templates/scan/template.yml": "scan:\n  script: [scan]\n",
	}})
	p.Tag("acme/platform/ci/golden", "1.0.0", "")
	p.AddProject("acme", gitlabtest.Project{Path: "app", Description: "The app", Created: at(-200), Topics: []string{"go", "web"}, Frameworks: []string{"pci"},
		Languages: map[string]float64{"Go": 90, "Shell": 10}, Members: []gitlabtest.Member{{User: "cyd", Access: gitlabtest.Reporter}},
		Files: map[string]string{
			"README.md": "# app\n", "bin/logo.png": "\x89PNG\x00", "link": "README.md", "docs/a.md": "a",
			".gitlab-ci.yml": "include:\n  - project: Acme/Platform/CI/golden\n    file: /build.yml\n    ref: \"1.0.0\"\n  - local: ci/*.yml\n",
			"ci/lint.yml":    "lint:\n  script: [make lint]\n",
		}, Modes: map[string]string{"link": "120000"}})
	p.AddProject("acme", gitlabtest.Project{Path: "empty", Created: at(-100)})
	p.AddProject("acme", gitlabtest.Project{Path: "old", Archived: true, ForkOf: "acme/app", Created: at(-400), Files: map[string]string{"README.md": "# old\n"}})
	p.AddProject("robot", gitlabtest.Project{Path: "dotfiles", Visibility: "public", Created: at(-500), Files: map[string]string{".profile": ""}})
	work(p)
	return p
}

// work adds what happens in projects.
func work(p *gitlabtest.Peer) {
	p.Tag("acme/app", "v1.0.0", "")
	p.Push("acme/app", gitlabtest.Push{Files: map[string]string{"main.go": "package main\n"}, Author: "ana", Message: "Add main\n\nWith a body.", At: at(-20)})
	p.Annotate("acme/app", "v1.1.0", "", at(-19))
	first := p.AddPipeline("acme/app", gitlabtest.Pipeline{User: "ana", Created: at(-18), Started: at(-17), Finished: at(-16), Jobs: []gitlabtest.Job{{Name: "build", Stage: "build"}}})
	p.AddPipeline("acme/app", gitlabtest.Pipeline{Source: "parent_pipeline", Parent: first, Created: at(-17)})
	p.AddPipeline("acme/app", gitlabtest.Pipeline{Source: "security_orchestration_policy", Status: "running", Created: at(-2)})
	p.AddMergeRequest("acme/app", gitlabtest.MergeRequest{Title: "Add main", Author: "ana", Source: "main-go", Labels: []string{"feature"}, Created: at(-30), Merged: at(-20), Merge: p.Head("acme/app")})
	p.AddMergeRequest("acme/app", gitlabtest.MergeRequest{Title: "Bump", Author: "renovate", Source: "renovate/all", Created: at(-10)})
	p.AddMergeRequest("acme/platform/ci/golden", gitlabtest.MergeRequest{Title: "Never", Source: "never", Created: at(-50), Closed: at(-40)})
	p.AddDeployment("acme/app", gitlabtest.Deployment{Environment: "production", Created: at(-16), Finished: at(-15), Pipeline: first})
	p.AddDeployment("acme/app", gitlabtest.Deployment{Environment: "review/1", Status: "running", Created: at(-1)})
	p.AddFramework("acme", gitlabtest.Framework{Name: "pci", Pipeline: "pci.yml@acme/platform/ci/golden"})
	p.AddPolicy("acme", gitlabtest.Policy{Name: "scan everything", Kind: "pipeline_execution_policy", Enabled: true, YAML: "type: inject_ci\n"})
	p.AddProjectPolicy("acme/app", gitlabtest.Policy{Name: "secrets", Kind: "scan_execution_policy", Enabled: true})
}

// client is a client that reaches the peer with a token.
func client(t testing.TB, p *gitlabtest.Peer, token string) *gitlab.Client {
	t.Helper()
	c, err := gitlab.NewClient(token, gitlab.WithBaseURL(p.URL), gitlab.WithHTTPClient(p.Client()), gitlab.WithoutRetries(), gitlab.WithCustomLimiter(unhurried{}))
	check(t, err)
	return c
}

// unhurried lets everything pass.
type unhurried struct{}

func (unhurried) Wait(context.Context) error { return nil }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get asks for a path below the peer and returns the answer, whose body is in memory.
func get(t testing.TB, p *gitlabtest.Peer, path string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, p.URL+path, nil)
	check(t, err)
	return send(t, p, req, header)
}

// post asks GraphQL and returns the answer, whose body is in memory.
func post(t testing.TB, p *gitlabtest.Peer, body any, header ...string) *http.Response {
	t.Helper()
	text, err := json.Marshal(body)
	check(t, err)
	req, err := http.NewRequest(http.MethodPost, p.URL+"/api/graphql", bytes.NewReader(text))
	check(t, err)
	return send(t, p, req, header)
}

func send(t testing.TB, p *gitlabtest.Peer, req *http.Request, header []string) *http.Response {
	t.Helper()
	req.Header.Set("Private-Token", gitlabtest.Secret)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c := p.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(req)
	check(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp
}

// body reads an answer.
func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	return strings.TrimSpace(string(text))
}

// query asks one question of GraphQL and returns the answer.
func query(t testing.TB, p *gitlabtest.Peer, text string, variables map[string]any) string {
	t.Helper()
	return body(t, post(t, p, map[string]any{"query": text, "variables": variables}))
}

// status is the HTTP status of an error of go-gitlab's; 200 where there is none.
func status(t testing.TB, err error) int {
	t.Helper()
	var bad *gitlab.ErrorResponse
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, gitlab.ErrNotFound):
		return http.StatusNotFound
	case errors.As(err, &bad):
		return bad.Response.StatusCode
	}
	t.Fatal(err)
	return 0
}

// words writes values with a space between each.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, v := range list {
		all = append(all, name(v))
	}
	return fmt.Sprint(all)
}

// ago is how many hours before the beginning of the peer's clock something was.
func ago(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return fmt.Sprintf("%.0fh", at.Sub(gitlabtest.Start).Hours())
}
