package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A source is the everyday code of one repository as it grows: a file for
// each noun of the team, with functions that come and change.
type source struct {
	repo  repo
	nouns []string
	funcs map[string][]function
	deps  []dependency
}

// A function is one verb on the file's noun. Its limit is what people keep
// tuning.
type function struct {
	verb  int
	limit int
}

// verbs are what code does with a noun, and how a commit says so.
var verbs = [...]struct{ name, add, tune string }{
	{"Validate", "Validate a %s before it is stored", "Give %s validation %d s"},
	{"Load", "Load a %s by its id", "Time out %s reads after %d s"},
	{"Store", "Store the %s", "Time out %s writes after %d s"},
	{"Retry", "Retry a %s that timed out", "Retry a %s for %d s at most"},
	{"List", "List every %s by page", "Cache %s pages for %d s"},
	{"Publish", "Publish an event for every %s", "Flush %s events every %d s"},
	{"Archive", "Archive each old %s", "Archive %s rows for %d s at a time"},
	{"Merge", "Merge duplicates of a %s", "Wait %[2]d s before a %[1]s is merged"},
	{"Cancel", "Let people cancel a %s", "Allow to cancel a %s for %d s"},
	{"Audit", "Log who changed a %s", "Write %s audit lines every %d s"},
}

func newSource(r repo, nouns []string) *source {
	s := &source{repo: r, nouns: nouns, funcs: map[string][]function{}, deps: dependencies(r.lang)}
	for i, noun := range nouns[:2] {
		s.funcs[noun] = []function{{verb: i, limit: 5}}
	}
	return s
}

// first are the files of the first commit.
func (s *source) first() map[string]string {
	files := map[string]string{
		"README.md":  "# " + s.repo.name + "\n\n" + strings.Join(s.nouns, ", ") + ".\n",
		".gitignore": "/bin/\n/dist/\n/node_modules/\n__pycache__/\n/target/\n",
	}
	if path, text := s.manifest(); path != "" {
		files[path] = text
	}
	if s.repo.lang == "go" {
		files["main.go"] = "package main\n\nfunc main() {\n\tserve(\":8080\")\n}\n"
	}
	if s.repo.lang == "python" {
		files["requirements.txt"] = "-e .\n"
	}
	for _, noun := range s.nouns[:2] {
		files[s.path(noun)] = s.text(noun)
	}
	return files
}

// work makes one everyday change: the file it wrote, and what its author
// says about it.
func (s *source) work(rng *rand.Rand) (path, text, say string) {
	noun := s.nouns[rng.IntN(len(s.nouns))]
	list := s.funcs[noun]
	if len(list) == 0 || len(list) < len(verbs) && rng.IntN(3) == 0 {
		verb := s.unused(rng, list)
		s.funcs[noun] = append(list, function{verb: verb, limit: 5})
		return s.path(noun), s.text(noun), fmt.Sprintf(verbs[verb].add, noun)
	}
	f := &list[rng.IntN(len(list))]
	f.limit += 1 + rng.IntN(9)
	if f.limit > 90 {
		f.limit -= 85
	}
	return s.path(noun), s.text(noun), fmt.Sprintf(verbs[f.verb].tune, noun, f.limit)
}

// unused draws a verb that the file does not have yet.
func (s *source) unused(rng *rand.Rand, list []function) int {
	verb := rng.IntN(len(verbs))
	for {
		taken := false
		for _, f := range list {
			taken = taken || f.verb == verb
		}
		if !taken {
			return verb
		}
		verb = (verb + 1) % len(verbs)
	}
}

// path is the file of a noun.
func (s *source) path(noun string) string {
	switch s.repo.lang {
	case "go":
		return "internal/" + noun + "/" + noun + ".go"
	case "node":
		return "src/" + noun + ".js"
	case "python":
		return "src/" + noun + ".py"
	case "java":
		return "src/main/java/dev/acme/" + title(noun) + ".java"
	case "mono":
		services := []string{"home", "listing", "account", "reviews"}
		return "services/" + services[fingerprint(noun)%4] + "/src/" + noun + ".js"
	case "proto":
		return "contracts/" + noun + ".proto"
	}
	return "docs/" + noun + ".md"
}

// text is the whole file of a noun.
func (s *source) text(noun string) string {
	var b strings.Builder
	head, line := shape(s.repo.lang, noun)
	b.WriteString(head)
	for _, f := range s.funcs[noun] {
		what := fmt.Sprintf(verbs[f.verb].add, noun)
		b.WriteString(strings.NewReplacer(
			"{Verb}", verbs[f.verb].name, "{verb}", strings.ToLower(verbs[f.verb].name),
			"{Noun}", title(noun), "{noun}", noun, "{limit}", fmt.Sprint(f.limit),
			"{what}", what, "{does}", strings.ToLower(what[:1])+what[1:]).Replace(line))
	}
	if s.repo.lang == "java" {
		b.WriteString("}\n")
	}
	return b.String()
}

// shape gives the head of a file and the pattern of one function in it.
func shape(lang, noun string) (head, function string) {
	switch lang {
	case "go":
		return "package " + noun + "\n\nimport (\n\t\"context\"\n\t\"time\"\n\n\t\"acme.dev/store\"\n)\n", `
// {Verb} is here to {does}.
func {Verb}(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, {limit}*time.Second)
	defer cancel()
	return store.{Verb}(ctx, "{noun}", id)
}
`
	case "node", "mono":
		return "import { store } from './store.js';\n", `
// {what}.
export async function {verb}{Noun}(id) {
  return store.{verb}('{noun}', id, { timeout: {limit} * 1000 });
}
`
	case "python":
		return "from src import store\n", `

def {verb}_{noun}(id: str) -> None:
    """{what}."""
    store.{verb}("{noun}", id, timeout={limit})
`
	case "java":
		return "package dev.acme;\n\npublic final class " + title(noun) + " {\n", `
  /** {what}. */
  public static void {verb}(String id) {
    Store.{verb}("{noun}", id, java.time.Duration.ofSeconds({limit}));
  }
`
	case "proto":
		return "syntax = \"proto3\";\npackage acme." + noun + ";\n", `
// {what}.
message {Verb}{Noun} {
  string id = 1;
  uint32 seconds = 2; // {limit} by default
}
`
	}
	return "# The " + noun + "\n", "\n## {Verb}\n\n{what}. It may take {limit} seconds.\n"
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
