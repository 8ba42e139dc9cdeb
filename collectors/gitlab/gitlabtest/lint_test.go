package gitlabtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// linted is what comes of the configuration of a project.
type linted struct {
	Valid    bool
	Errors   []string
	Includes []struct {
		Type, Location string
		Blob, Raw      string
		Extra          struct{ Project, Ref string }
		ContextProject string `json:"context_project"`
		ContextSHA     string `json:"context_sha"`
	}
	Jobs []struct{ Name, Stage string }
}

func lint(t *testing.T, p *gitlabtest.Peer, id int64, query string) linted {
	t.Helper()
	var got linted
	check(t, json.Unmarshal([]byte(body(t, get(t, p, fmt.Sprintf("/api/v4/projects/%d/ci/lint?%s", id, query)))), &got))
	return got
}

func TestIncludes(t *testing.T) {
	p := acme(t, gitlabtest.Config{Remote: map[string]string{"https://ci.test/remote.yml": "remote:\n  script: [r]\n"}})
	golden := p.Head("acme/platform/ci/golden")
	p.Push("acme/platform/ci/golden", gitlabtest.Push{Files: map[string]string{"build.yml": "build:\n  script: [make new]\n"}})
	newest := p.Head("acme/platform/ci/golden")
	p.Tag("acme/platform/ci/golden", "1.2.0", "")
	host := strings.TrimPrefix(p.URL, "http://")
	for _, test := range []struct {
		name   string
		config string // .gitlab-ci.yml
		path   string // ci_config_path
		want   []string
	}{
		{"a project's file and what it includes", "include: {project: acme/platform/ci/golden, file: build.yml, ref: 1.0.0}", "",
			[]string{"file build.yml acme/platform/ci/golden@1.0.0 in acme/x " + golden, "local common.yml @ in acme/platform/ci/golden " + golden}},
		{"without a reference", "include: [{project: ACME/platform/ci/golden, file: [/build.yml, common.yml]}]", "",
			[]string{"file build.yml acme/platform/ci/golden@HEAD in acme/x " + newest, "file common.yml acme/platform/ci/golden@HEAD in acme/x " + newest}},
		{"a local file, a remote one and a template", "include:\n- /ci/a.yml\n- https://ci.test/remote.yml\n- template: Security/SAST.gitlab-ci.yml", "",
			[]string{"local ci/a.yml @ in acme/x ", "remote https://ci.test/remote.yml @ in acme/x ", "template Security/SAST.gitlab-ci.yml @ in acme/x "}},
		{"components", "include:\n- component: $CI_SERVER_FQDN/acme/platform/ci/golden/test@1.0.0\n- component: " + host + "/acme/platform/ci/golden/scan@1\n- component: $CI_SERVER_HOST/acme/platform/ci/golden/scan@~latest", "",
			[]string{"component " + host + "/acme/platform/ci/golden/test@1.0.0 @ in acme/x " + golden, "component " + host + "/acme/platform/ci/golden/scan@1 @ in acme/x " + newest, "component " + host + "/acme/platform/ci/golden/scan@~latest @ in acme/x " + newest}},
		{"a configuration of another project", "", "build.yml@acme/platform/ci/golden:1.0.0",
			[]string{"file build.yml acme/platform/ci/golden@1.0.0 in acme/x " + golden, "local common.yml @ in acme/platform/ci/golden " + golden}},
		{"a configuration elsewhere in the project", "", "ci/a.yml", nil},
		{"a configuration that is anywhere", "", "https://ci.test/remote.yml", []string{"remote https://ci.test/remote.yml @ in acme/x "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			id := p.AddProject("acme", gitlabtest.Project{Path: "x", CIConfigPath: test.path, Files: map[string]string{".gitlab-ci.yml": test.config + "\njob: {script: [x], before_script: [!reference [.a, script]]}\n", "ci/a.yml": "a: {script: [x]}"}})
			defer p.Delete("acme/x")
			got := lint(t, p, id, "")
			var includes []string
			for _, i := range got.Includes {
				sha, _, _ := strings.Cut(strings.TrimPrefix(i.Blob[strings.LastIndex(i.Blob, "/-/blob/")+1:], "-/blob/"), "/")
				if sha == p.Head("acme/x") {
					sha = ""
				}
				includes = append(includes, fmt.Sprintf("%s %s %s@%s in %s %s", i.Type, i.Location, i.Extra.Project, i.Extra.Ref, i.ContextProject, sha))
				if i.ContextProject == "acme/x" && i.ContextSHA != p.Head("acme/x") {
					t.Errorf("got %s included from %s, want from the head", i.Location, i.ContextSHA)
				}
			}
			if !got.Valid || fmt.Sprint(includes) != fmt.Sprint(test.want) {
				t.Errorf("got %v\n%s\nwant\n%s", got.Errors, strings.Join(includes, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestConfigurationsThatAreNone(t *testing.T) {
	p := acme(t, gitlabtest.Config{Templates: map[string]string{}})
	p.AddProject("acme", gitlabtest.Project{Path: "loop", Files: map[string]string{"a.yml": "include: {project: acme/loop, file: a.yml}"}})
	for _, test := range []struct{ name, config, want string }{
		{"no file", "", "Please provide content of .gitlab-ci.yml"},
		{"no jobs", ".a: {script: [x]}", "at least one visible job"},
		{"no YAML", "a: [", "Invalid configuration format"},
		{"no such project", "include: {project: acme/secret, file: a.yml}", "Project `acme/secret` not found or access denied!"},
		{"no such reference", "include: {project: acme/app, file: a.yml, ref: v9}", "reference `v9` does not exist!"},
		{"no such file", "include: {project: acme/app, file: a.yml}", "file `a.yml` does not exist!"},
		{"no such local file", "include: a.yml", "Local file `a.yml` does not exist!"},
		{"no such address", "include: https://ci.test/x.yml", "could not be fetched"},
		{"no such template", "include: {template: X.gitlab-ci.yml}", "is empty or does not exist!"},
		{"no template", "include: {template: X}", "not a valid location!"},
		{"no such component", "include: {component: $CI_SERVER_FQDN/acme/app/x@1.0.0}", "content not found"},
		{"nothing that can be included", "include: [[a]]", "must be a hash or a string"},
		{"no known form", "include: {url: x}", "does not have a valid subkey"},
		{"a file that includes itself", "include: {project: acme/loop, file: a.yml}", "Maximum of 150 nested includes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"README.md": ""}
			if test.config != "" {
				files[".gitlab-ci.yml"] = test.config
			}
			id := p.AddProject("acme", gitlabtest.Project{Path: "x", Files: files})
			defer p.Delete("acme/x")
			got := lint(t, p, id, "include_jobs=true")
			if got.Valid || !strings.Contains(strings.Join(got.Errors, "\n"), test.want) {
				t.Errorf("got %v, want %s", got.Errors, test.want)
			}
		})
	}
	if got := get(t, p, "/api/v4/projects/acme%2Fapp/ci/lint?content_ref=nowhere").StatusCode; got != 404 {
		t.Errorf("got %d for no such reference, want 404", got)
	}
	if got := lint(t, p, p.ID("acme/app"), "include_jobs=true&content_ref=v1.0.0").Jobs; fmt.Sprint(got) != "[{build build} {lint test}]" {
		t.Errorf("got jobs %v", got)
	}
}
