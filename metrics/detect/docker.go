package detect

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/trodden/trodden/metrics"
)

// dockerKind is the signal that an image is built from a base.
func dockerKind() Kind {
	return Kind{
		Name: "docker_from", Main: "image", Whole: true,
		Help: "a Dockerfile builds on an image",
		Keys: []Key{
			{"image", Pattern, true, "pattern of the image without tag and digest; an ${ARG} without default stands as text"},
			{"file", FileGlob, false, "glob of the Dockerfiles (default **/Dockerfile*)"},
			{"stage", Stage, false, "final: the base of the last stage, followed through stage names (default); any: every FROM"},
		},
		how: byFile,
		files: func(s metrics.Signal) []string {
			if s.File == "" {
				return []string{"**/Dockerfile*"}
			}
			return []string{s.File}
		},
		compile: func(s metrics.Signal) (any, []Problem) {
			return entryTest{name: newImagePattern(s.Image), inner: s.Stage == "any"}, nil
		},
		judge: judgeThinned(thinDockerfile, readDockerfile), skip: skipDockerfile,
	}
}

// fromLine matches the FROM lines in which an image may be written in parts.
var fromLine = regexp.MustCompile("(?mi)^[ \t]*FROM\\b[^\n]*[$\\\\`\"']")

// skipDockerfile reports whether no FROM can name the image.
func skipDockerfile(content string, test any) bool {
	return test.(entryTest).name.lacks(content) && !fromLine.MatchString(content)
}

// stage is one FROM of a Dockerfile.
type stage struct {
	image string // arguments replaced
	base  int    // index of the earlier stage that it builds on; -1: an image
	line  int
}

// readDockerfile reads the images that a Dockerfile builds on. What comes behind a stage that is not the
// last is inner, unless the last stage builds on it.
func readDockerfile(content string) ([]entry, []flaw) {
	if blank(content) {
		return nil, nil
	}
	result, err := parser.Parse(strings.NewReader(content))
	if err != nil {
		return nil, []flaw{dockerFlaw(err)}
	}
	stages := readStages(result)
	if len(stages) == 0 {
		return nil, nil
	}
	final := len(stages) - 1
	for stages[final].base >= 0 {
		final = stages[final].base
	}
	var entries []entry
	for i, s := range stages {
		if s.base < 0 {
			name, version := splitImage(s.image)
			entries = append(entries, entry{
				names: imageNames(name), version: version,
				line: s.line, text: "FROM " + s.image, inner: i != final,
			})
		}
	}
	return entries, nil
}

// readStages reads the FROMs and the arguments before the first of them.
func readStages(result *parser.Result) (stages []stage) {
	args := arguments{values: map[string]string{}, budget: maxExpanded}
	lex := shell.NewLex(result.EscapeToken)
	names := map[string]int{}
	for _, n := range result.AST.Children {
		switch strings.ToUpper(n.Value) {
		case "ARG":
			if len(stages) == 0 {
				args.read(lex, n.Next)
			}
		case "FROM":
			if n.Next == nil {
				continue
			}
			image := args.expand(lex, n.Next.Value)
			s := stage{image: image, base: -1, line: n.StartLine}
			if base, ok := names[strings.ToLower(image)]; ok {
				s.base = base
			}
			if as := n.Next.Next; as != nil && strings.EqualFold(as.Value, "AS") && as.Next != nil {
				names[strings.ToLower(as.Next.Value)] = len(stages)
			}
			stages = append(stages, s)
		}
	}
	return stages
}

const (
	maxImage    = 1 << 10  // bytes of a word with its arguments replaced
	maxExpanded = 64 << 10 // bytes of all such words of a Dockerfile
)

// arguments are the ARGs that have a value; it is the environment of a shell word.
type arguments struct {
	values map[string]string
	budget int // bytes that may still be expanded to; words stay as they are behind that
}

// Get implements shell.EnvGetter.
func (a *arguments) Get(name string) (string, bool) { v, ok := a.values[name]; return v, ok }

// Keys implements shell.EnvGetter.
func (a *arguments) Keys() []string { return slices.Collect(maps.Keys(a.values)) }

// read takes the defaults of one ARG instruction.
func (a *arguments) read(lex *shell.Lex, n *parser.Node) {
	for ; n != nil; n = n.Next {
		if name, value, ok := strings.Cut(n.Value, "="); ok {
			a.values[name] = a.expand(lex, value)
		}
	}
}

var unset = regexp.MustCompile(`\$\{\w+\}|\$\w+`)

// expand replaces the arguments of a word. One without a value stands as text, unless the word gives a
// default for that: ${BASE:-alpine}.
func (a *arguments) expand(lex *shell.Lex, word string) string {
	word = strings.ReplaceAll(strings.ToValidUTF8(word, "\uFFFD"), "\x00", "")
	if len(word) > maxImage || a.budget <= 0 || !strings.ContainsAny(word, "$\\`\"'") {
		return word
	}
	lex.SkipUnsetEnv = true
	text, _, err := lex.ProcessWord(word, a)
	a.budget -= len(text)
	if err != nil || len(text) > maxImage {
		return word
	}
	var kept []string
	masked := unset.ReplaceAllStringFunc(text, func(v string) string {
		kept = append(kept, v)
		return fmt.Sprintf("\uE000%d\uE001", len(kept)-1)
	})
	if strings.Contains(masked, "$") {
		lex.SkipUnsetEnv = false
		if masked, _, err = lex.ProcessWord(masked, a); err != nil {
			return text
		}
	}
	for i, v := range kept {
		masked = strings.ReplaceAll(masked, fmt.Sprintf("\uE000%d\uE001", i), v)
	}
	return masked
}

// splitImage splits an image into its name and its version: the tag, else the digest. The port of a
// registry is no tag.
func splitImage(image string) (name, version string) {
	name, digest, _ := strings.Cut(image, "@")
	depth, colon := 0, -1
	for i := range len(name) {
		switch name[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '/':
			colon = -1
		case ':':
			if depth == 0 {
				colon = i
			}
		}
	}
	if colon >= 0 {
		return name[:colon], name[colon+1:]
	}
	return name, digest
}

// imageNames returns the ways to write an image: as it stands, and without and with what Docker adds to a
// short one.
func imageNames(name string) []string {
	names := []string{name}
	short, found := strings.CutPrefix(name, "index.docker.io/")
	if !found {
		short, found = strings.CutPrefix(name, "docker.io/")
	}
	if found {
		return append(names, strings.TrimPrefix(short, "library/"))
	}
	first, _, slash := strings.Cut(name, "/")
	switch {
	case !slash && name != "scratch":
		names = append(names, "docker.io/library/"+name)
	case slash && !strings.ContainsAny(first, ".:$") && first != "localhost":
		names = append(names, "docker.io/"+name)
	}
	return names
}

// dockerFlaw turns a parser's error into a flaw with its line.
func dockerFlaw(err error) flaw {
	f := flaw{line: 1, column: 1, message: clip("parse Dockerfile: " + err.Error())}
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			for _, r := range ranges {
				if r.Start.Line > 0 {
					f.line = r.Start.Line
					return f
				}
			}
		}
	}
	return f
}
