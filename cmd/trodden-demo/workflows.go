package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kit is the name under which the providers serve a language.
func kit(lang string) string {
	if lang == "mono" {
		return "node"
	}
	return lang
}

// ciFiles are the pipelines of all ways in use.
func ciFiles(r repo, c conditions, shas map[string]string) map[string]string {
	files := map[string]string{}
	ways := strings.Split(c.ci, "+")
	goldenFile := ".github/workflows/ci.yml"
	if len(ways) > 1 {
		goldenFile = ".github/workflows/golden.yml"
	}
	for _, way := range ways {
		switch way {
		case "golden":
			files[goldenFile] = caller(r, "acme/golden-workflows/.github/workflows/"+kit(r.lang)+"-service.yml@"+c.ref(r, shas))
		case "golden-auto":
			files[".github/workflows/golden.yml"] = autoCaller(strings.SplitN(c.ciRef, ".", 2)[0])
		case "golden-local":
			files[".github/workflows/ci.yml"] = caller(r, "./.github/workflows/build.yml")
			files[".github/workflows/build.yml"] = localReusable(r, c.ref(r, shas))
		case "own", "own-note":
			files[".github/workflows/ci.yml"] = ownWorkflow(r, c, way == "own-note")
		case "circleci":
			files[".circleci/config.yml"] = circle(r)
		case "jenkins":
			files["Jenkinsfile"] = jenkins(r)
		case "gitlab":
			files[".gitlab-ci.yml"] = gitlab(r)
		}
	}
	return files
}

// ref writes the pinned version in the repository's manner.
func (c conditions) ref(r repo, shas map[string]string) string {
	switch r.pin {
	case pinSHA:
		return shas[c.ciRef] + " # " + c.ciRef
	case pinExact, pinStuck:
		return c.ciRef
	}
	return strings.SplitN(c.ciRef, ".", 2)[0]
}

func (r repo) main() string {
	if r.branch == "" {
		return "main"
	}
	return r.branch
}

func caller(r repo, uses string) string {
	with := ""
	if !strings.HasPrefix(uses, "./") {
		with = fmt.Sprintf("    with:\n      service: %s\n    secrets: inherit\n", r.name)
	}
	return fmt.Sprintf(`name: ci
on:
  push:
    branches: [%s]
  pull_request:
jobs:
  build:
    uses: %s
%s`, r.main(), uses, with)
}

// autoCaller finds the language itself, and so is the same file everywhere.
func autoCaller(ref string) string {
	return fmt.Sprintf(`name: golden
on: [push, pull_request]
jobs:
  golden:
    uses: acme/golden-workflows/.github/workflows/auto.yml@%s
    secrets: inherit
`, ref)
}

func localReusable(r repo, ref string) string {
	return fmt.Sprintf(`name: build
on:
  workflow_call:
jobs:
  service:
    uses: acme/golden-workflows/.github/workflows/%s-service.yml@%s
    with:
      service: %s
    secrets: inherit
`, kit(r.lang), ref, r.name)
}

// commands are what a pipeline runs for a language, in order.
func commands(r repo) []string {
	switch r.lang {
	case "go":
		if fingerprint(r.name)%2 == 0 {
			return []string{"make build", "make test"}
		}
		return []string{"go build ./...", "go test -race ./..."}
	case "node", "mono":
		return []string{"npm ci", "npm run build", "npm test"}
	case "python":
		return []string{"pip install -r requirements.txt", "pytest -q"}
	case "java":
		return []string{"mvn -B verify"}
	}
	return []string{"make test"}
}

// ownWorkflow is a build that a team keeps itself. The note names the golden
// workflow in a comment, as people do, which uses nothing.
func ownWorkflow(r repo, c conditions, note bool) string {
	var b strings.Builder
	if note {
		b.WriteString("# We looked at the golden workflow and came back:\n# uses: acme/golden-workflows/.github/workflows/go-service.yml@v2\n")
	}
	fmt.Fprintf(&b, "name: ci\non:\n  push:\n    branches: [%s]\n  pull_request:\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v%s\n", r.main(), c.tools)
	switch r.lang {
	case "go":
		b.WriteString("      - uses: actions/setup-go@v4\n        with:\n          go-version-file: go.mod\n")
	case "node", "mono":
		b.WriteString("      - uses: actions/setup-node@v3\n        with:\n          node-version: 20\n")
	case "python":
		b.WriteString("      - uses: actions/setup-python@v4\n        with:\n          python-version: \"3.11\"\n")
	}
	for _, command := range commands(r) {
		fmt.Fprintf(&b, "      - run: %s\n", command)
	}
	return b.String()
}

func circle(r repo) string {
	var steps strings.Builder
	for _, command := range commands(r) {
		fmt.Fprintf(&steps, "      - run: %s\n", command)
	}
	return fmt.Sprintf(`version: 2.1
defaults: &defaults
  working_directory: ~/%s
  docker:
    - image: cimg/base:stable
jobs:
  test:
    <<: *defaults
    steps:
      - checkout
%sworkflows:
  main:
    jobs: [test]
`, r.name, steps.String())
}

func jenkins(r repo) string {
	var steps strings.Builder
	for _, command := range commands(r) {
		fmt.Fprintf(&steps, "        sh '%s'\n", command)
	}
	return fmt.Sprintf(`pipeline {
  agent { label 'linux' }
  stages {
    stage('Test') {
      steps {
%s      }
    }
  }
}
`, steps.String())
}

func gitlab(r repo) string {
	var steps strings.Builder
	for _, command := range commands(r) {
		fmt.Fprintf(&steps, "    - %s\n", command)
	}
	return "stages: [test]\n\ntest:\n  stage: test\n  image: alpine:3.20\n  script:\n" + steps.String()
}

// reusableWorkflows is the provider's side of the golden workflow.
func reusableWorkflows(version string) map[string]string {
	steps := map[string]string{
		"go": "go build ./... && go test ./...", "node": "npm ci && npm test", "python": "pytest -q",
		"java": "mvn -B verify", "auto": "acme-build --detect",
	}
	files := map[string]string{}
	for _, lang := range slices.Sorted(maps.Keys(steps)) {
		name := lang + "-service"
		if lang == "auto" {
			name = "auto"
		}
		files[".github/workflows/"+name+".yml"] = fmt.Sprintf(`name: %s
on:
  workflow_call:
    inputs:
      service: {type: string, required: false}
jobs:
  build:
    runs-on: [self-hosted, golden]
    env:
      GOLDEN_VERSION: %s
    steps:
      - uses: actions/checkout@v4
      - run: %s
`, name, version, steps[lang])
	}
	return files
}
