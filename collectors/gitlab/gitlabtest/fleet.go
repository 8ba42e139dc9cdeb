package gitlabtest

import (
	"cmp"
	"fmt"
	"time"
)

// Fleet is a group that is made up by rule: the same numbers give the same group, for benchmarks.
type Fleet struct {
	Group     string // acme where empty
	Projects  int
	Subgroups int // that the projects are spread over; none where 0
	Pipelines int // of each project that is not empty
	Merges    int // merge requests, likewise
}

// Generate makes a fleet. One project, golden, offers a file that two thirds of the others include, with tags
// v1 to v4. Of every 50 one is empty, of every 20 one archived, of every 30 one a fork of golden. The most
// recent push comes from project-00000, and each further one is an hour older.
func (p *Peer) Generate(f Fleet) {
	f.Group = cmp.Or(f.Group, "acme")
	p.AddGroup(f.Group, Group{Created: Start.AddDate(-5, 0, 0)})
	p.golden(f.Group)
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	now := p.Now()
	spaces := []*namespace{p.state.space(f.Group)}
	for i := range f.Subgroups {
		spaces = append(spaces, p.state.addGroup(fmt.Sprintf("%s/team-%d", f.Group, i), Group{Created: Start.AddDate(-5, 0, 0)}, now))
	}
	if len(spaces) > 1 {
		spaces = spaces[1:]
	}
	for i := range f.Projects {
		pushed := now.Add(-time.Duration(i+1) * time.Hour)
		x := p.state.addProject(spaces[i%len(spaces)], generated(f.Group, i, pushed), now)
		x.updated, x.activity = pushed, pushed
		if x.head() != nil {
			p.state.work(x, f, pushed)
		}
	}
}

// golden makes the project whose file the others include.
func (p *Peer) golden(group string) {
	path := group + "/golden"
	p.AddProject(group, Project{Path: "golden", Created: Start.AddDate(-4, 0, 0), Files: map[string]string{"ci.yml": goldenFile(1)}})
	p.Tag(path, "v1", "")
	for v := 2; v <= 4; v++ {
		p.Push(path, Push{Files: map[string]string{"ci.yml": goldenFile(v)}, At: Start.AddDate(v-5, 0, 0)})
		p.Tag(path, fmt.Sprintf("v%d", v), "")
	}
}

func goldenFile(version int) string {
	return fmt.Sprintf("build:\n  image: golang:1.%d\n  script: [make]\n", 20+version)
}

// generated is the project of this number.
func generated(group string, i int, pushed time.Time) Project {
	name := fmt.Sprintf("project-%05d", i)
	made := Project{Path: name, Archived: i%20 == 7, Created: pushed.AddDate(-1-i%4, 0, 0), Pushed: pushed,
		Topics: []string{"service", fmt.Sprintf("tier-%d", i%3)}, Languages: map[string]float64{"Go": 90, "Shell": 10}}
	if i%30 == 11 {
		made.ForkOf = group + "/golden"
	}
	if i%50 != 49 {
		made.Files = generatedFiles(group, i, name)
	}
	return made
}

// generatedFiles are some that many projects share and some that each has for itself.
func generatedFiles(group string, i int, name string) map[string]string {
	files := map[string]string{
		"README.md":          "# " + name + "\n",
		"go.mod":             "module example.test/" + name + "\n\ngo 1.26\n",
		"cmd/main.go":        "package main\n\nfunc main() {}\n",
		".gitlab/CODEOWNERS": fmt.Sprintf("* @%s/team-%d\n", group, i%12),
		"catalog-info.yaml":  "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  type: service\n",
		".gitlab-ci.yml":     fmt.Sprintf("include:\n  - project: %s/golden\n    ref: v%d\n    file: /ci.yml\n", group, 1+i%4),
	}
	if i%3 == 0 {
		files[".gitlab-ci.yml"] = fmt.Sprintf("test:\n  script: [\"make -C %s\"]\n", name)
	}
	if i%4 == 0 {
		files["Dockerfile"] = fmt.Sprintf("FROM golang:1.%d\nCOPY . /src\n", 18+i%8)
	}
	return files
}

// work adds the pipelines and merge requests of a project, a day apart up to its newest push.
func (s *state) work(x *project, f Fleet, pushed time.Time) {
	for n := range f.Pipelines {
		at := pushed.AddDate(0, 0, n-f.Pipelines)
		s.addPipeline(x, Pipeline{Created: at, Finished: at.Add(5 * time.Minute)}, at)
	}
	for n := range f.Merges {
		at := pushed.AddDate(0, 0, n-f.Merges)
		s.addMerge(x, MergeRequest{Title: fmt.Sprintf("Change %d", n+1), Author: "ana", Source: fmt.Sprintf("change-%d", n+1),
			Created: at, Merged: at.Add(time.Hour), Merge: x.head().OID}, at)
	}
}
