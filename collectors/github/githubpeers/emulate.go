package githubpeers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/trodden/trodden/collectors/hosttest/program"
)

// Seed is what emulate has when it is started. Everything else is made over its REST.
type Seed struct {
	Tokens map[string]Token `json:"tokens"`
	GitHub struct {
		Users []Account `json:"users"`
		Orgs  []Account `json:"orgs"`
		Repos []Repo    `json:"repos"`
		Apps  []App     `json:"apps,omitempty"`
	} `json:"github"`
}

// Token is of a user.
type Token struct {
	Login  string   `json:"login"`
	Scopes []string `json:"scopes"`
}

// Account is a user, or an organisation with its members.
type Account struct {
	Login   string   `json:"login"`
	Members []Member `json:"members,omitempty"`
}

// Member is in an organisation.
type Member struct {
	Login string `json:"login"`
	Role  string `json:"role,omitempty"` // admin, or member where empty
}

// Repo is a repository without files.
type Repo struct {
	Owner    string   `json:"owner"`
	Name     string   `json:"name"`
	Language string   `json:"language,omitempty"`
	Topics   []string `json:"topics,omitempty"`
	Private  bool     `json:"private,omitempty"`
	AutoInit bool     `json:"auto_init"`
}

// App is a GitHub App with its installations.
type App struct {
	ID            int               `json:"app_id"`
	Slug          string            `json:"slug"`
	Name          string            `json:"name"`
	PrivateKey    string            `json:"private_key"` // in PEM
	Permissions   map[string]string `json:"permissions"`
	Installations []Installation    `json:"installations"`
}

// Installation is where an App is installed.
type Installation struct {
	ID      int    `json:"installation_id"`
	Account string `json:"account"`
}

// Emulate is a GitHub that keeps what it is told. It has no GraphQL.
type Emulate struct {
	URL string // of GitHub Enterprise
	t   testing.TB
}

// StartEmulate starts emulate for t. It lacks the list of the repositories of an organisation: the proxy in front of it
// makes one of what a search finds.
func StartEmulate(t testing.TB, seed Seed) *Emulate {
	t.Helper()
	emulate := program.Path(t, "github/node_modules/emulate/dist/index.js", program.Peers)
	text, err := json.Marshal(seed)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, searched, found)
	p.target = start(t, func(port int) []string {
		return []string{node(t), emulate, "start", "--service", "github", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--base-url", p.URL, "--seed", path}
	})
	return &Emulate{URL: p.URL, t: t}
}

// orgRepos is the list that emulate lacks, and searchRepos what takes its place.
var orgRepos = regexp.MustCompile(`^/orgs/([^/]+)/repos$`)

const searchRepos = "/search/repositories"

func searched(r *http.Request) {
	org := orgRepos.FindStringSubmatch(r.URL.Path)
	if org == nil {
		return
	}
	query := r.URL.Query()
	query.Set("q", "org:"+org[1])
	query.Del("sort")
	setPath(r, searchRepos)
	r.URL.RawQuery = query.Encode()
}

// found makes a list of what a search found.
func found(resp *http.Response) error {
	if resp.Request.URL.Path != searchRepos || resp.StatusCode != http.StatusOK {
		return nil
	}
	var told struct{ Items json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil {
		return err
	}
	replace(resp, told.Items)
	return nil
}

// Do asks REST for something as the owner of a token, and fails the test where that is refused. into may be nil.
func (e *Emulate) Do(token, method, path string, body, into any) {
	e.t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			e.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(e.t.Context(), method, e.URL+path, &sent)
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

// Put writes a file to a branch of a repository, main where branch is empty. One that is there takes its id.
func (e *Emulate) Put(token, repo, branch, path, content string) {
	e.t.Helper()
	body := map[string]any{"message": "Write " + path, "content": []byte(content)}
	if branch != "" {
		body["branch"] = branch
	}
	if id := e.file(token, repo, branch, path); id != "" {
		body["sha"] = id
	}
	e.Do(token, http.MethodPut, "/repos/"+repo+"/contents/"+path, body, nil)
}

// file is the id of a file; empty where there is none.
func (e *Emulate) file(token, repo, branch, path string) string {
	e.t.Helper()
	var tree struct{ Tree []struct{ Path, SHA string } }
	if branch == "" {
		branch = "main"
	}
	e.Do(token, http.MethodGet, "/repos/"+repo+"/git/trees/"+branch+"?recursive=1", nil, &tree)
	for _, f := range tree.Tree {
		if f.Path == path {
			return f.SHA
		}
	}
	return ""
}
