package githubtest

import (
	"fmt"
	"time"
)

// Fleet is an organisation that is made up by rule: the same numbers give the same organisation, for
// benchmarks.
type Fleet struct {
	Org   string // acme where empty
	Repos int
	Teams int // those that the repositories are spread over
	Runs  int // of each repository that is not empty
	Pulls int // likewise
}

// Generate makes a fleet. One repository, golden, offers a reusable workflow with tags v1 to v4, which two
// thirds of the others use. Of every 50 one is empty, of every 20 one archived, of every 30 one a fork. The
// most recent push comes from repo-00000, and each further one is an hour older.
func (p *Peer) Generate(f Fleet) {
	if f.Org == "" {
		f.Org = "acme"
	}
	p.AddOrganization(f.Org)
	p.golden(f.Org)
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	owner, now := p.state.owner(f.Org), p.Now()
	for i := range f.Teams {
		owner.teams = append(owner.teams, &team{id: p.state.id(), slug: teamSlug(i), name: fmt.Sprintf("Team %d", i), org: owner})
	}
	for i := range f.Repos {
		pushed := now.Add(-time.Duration(i+1) * time.Hour)
		r := p.state.addRepo(owner, generated(f.Org, i, pushed), now)
		if f.Teams > 0 {
			t := owner.teams[i%f.Teams]
			t.grants = append(t.grants, grant{repo: r.id, permission: "push"})
		}
		if r.head() != nil {
			p.state.work(r, f, pushed)
		}
	}
}

func teamSlug(i int) string { return fmt.Sprintf("team-%d", i) }

// golden makes the repository whose workflow the others use.
func (p *Peer) golden(org string) {
	p.AddRepo(org, Repo{Name: "golden", Created: Start.AddDate(-4, 0, 0), Files: map[string]string{".github/workflows/ci.yml": goldenWorkflow(1)}})
	p.Tag(org+"/golden", "v1", "")
	for v := 2; v <= 4; v++ {
		at := Start.AddDate(v-5, 0, 0)
		p.Push(org+"/golden", Push{Files: map[string]string{".github/workflows/ci.yml": goldenWorkflow(v)}, At: at})
		p.Tag(org+"/golden", fmt.Sprintf("v%d", v), "")
	}
}

func goldenWorkflow(version int) string {
	return fmt.Sprintf("name: ci\non: workflow_call\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v%d\n      - run: make\n", version)
}

// generated is the repository of this number.
func generated(org string, i int, pushed time.Time) Repo {
	name := fmt.Sprintf("repo-%05d", i)
	repo := Repo{Name: name, Archived: i%20 == 7, Fork: i%30 == 11, Created: pushed.AddDate(-1-i%4, 0, 0), Pushed: pushed,
		Topics: []string{"service", fmt.Sprintf("tier-%d", i%3)}, Languages: map[string]int{"Go": 1000 + i, "Shell": 10},
		Properties: map[string]string{"tier": fmt.Sprint(i % 3)}}
	if i%50 != 49 {
		repo.Files = generatedFiles(org, i, name)
	}
	return repo
}

// generatedFiles are some that many repositories share and some that each has for itself.
func generatedFiles(org string, i int, name string) map[string]string {
	files := map[string]string{
		"README.md":          "# " + name + "\n",
		"go.mod":             "module example.test/" + name + "\n\ngo 1.26\n",
		"cmd/main.go":        "package main\n\nfunc main() {}\n",
		".github/CODEOWNERS": fmt.Sprintf("* @%s/team-%d\n", org, i%12),
		"catalog-info.yaml":  "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  type: service\n",
	}
	switch i % 3 {
	case 0:
		files[".github/workflows/ci.yml"] = fmt.Sprintf("name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu-22.04\n    steps:\n      - run: make -C %s\n", name)
	default:
		files[".github/workflows/ci.yml"] = fmt.Sprintf("name: ci\non: push\njobs:\n  build:\n    uses: %s/golden/.github/workflows/ci.yml@v%d\n", org, 1+i%4)
	}
	if i%4 == 0 {
		files["Dockerfile"] = fmt.Sprintf("FROM golang:1.%d\nCOPY . /src\n", 18+i%8)
	}
	return files
}

// work adds the runs and pull requests of a repository, a day apart up to its newest push.
func (s *state) work(r *repository, f Fleet, pushed time.Time) {
	for n := range f.Runs {
		at := pushed.AddDate(0, 0, n-f.Runs)
		declared := Run{Name: "ci", Path: ".github/workflows/ci.yml", Created: at, Updated: at.Add(5 * time.Minute)}
		r.runs = append(r.runs, &run{Run: declared.completed(r, at), id: s.id(), number: n + 1})
	}
	if f.Pulls > 0 {
		s.account("ana", pushed)
	}
	for n := range f.Pulls {
		at := pushed.AddDate(0, 0, n-f.Pulls)
		made := &pull{Pull: Pull{Number: n + 1, Title: fmt.Sprintf("Change %d", n+1), Author: "ana", Base: r.Branch, Head: fmt.Sprintf("change-%d", n+1),
			Created: at, Merged: at.Add(time.Hour), Merge: r.head().OID}, id: s.id()}
		made.settle()
		r.pulls = append(r.pulls, made)
	}
}
