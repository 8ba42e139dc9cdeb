package detect

import (
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// gitlabKind is the signal that a GitLab pipeline includes something.
func gitlabKind() Kind {
	key := func(name, help string) Key { return Key{name, Pattern, false, help} }
	return Kind{
		Name: "gitlab_include", Main: "project", Whole: true, Root: true,
		Help: "a GitLab pipeline, or a file of the repository that it includes, includes this",
		Keys: []Key{
			key("project", "pattern of the project of an include, in any case"),
			key("component", "pattern of the component of an include, without its version, in any case"),
			key("remote", "pattern of the URL of an include"),
			key("template", "pattern of the template of an include"),
			key("local", "pattern of the path of an include"),
		},
		AnyOf: []string{"project", "component", "remote", "template", "local"},
		how:   byGraph, graph: gitlabGraph, roots: 1,
		files: fixedFiles(".gitlab-ci.yml", ".gitlab/**/*.yml", ".gitlab/**/*.yaml", "**/*.gitlab-ci.yml",
			"**/.gitlab-ci*.yml", ".gitlab-ci/**/*.yml", "gitlab-ci/**/*.yml", "ci/**/*.yml", ".ci/**/*.yml"),
		compile: func(s metrics.Signal) (any, []Problem) {
			t := gitlabTest{
				"project": newFoldPattern(s.Project), "component": newFoldPattern(s.Component),
				"remote": newPattern(s.Remote), "template": newPattern(s.Template),
				"local": newPattern(strings.TrimPrefix(s.Local, "/")),
			}
			for key, p := range t {
				if p.text == "" {
					delete(t, key)
				}
			}
			return t, checkTarget("component", s.Component, "@")
		},
	}
}

// gitlabTest is a compiled gitlab_include signal: a pattern for each key that is asked for, any of which
// is enough, for one include is of one kind.
type gitlabTest map[string]pattern

// include is one entry of an include:.
type include struct {
	key, target, version string
	line                 int
	text                 string
}

// skip implements graphTest.
func (t gitlabTest) skip(content string) bool { return !strings.Contains(content, "include") }

// look implements graphTest.
func (t gitlabTest) look(d *draft) look {
	var l look
	for _, inc := range d.includes {
		p, asked := t[inc.key]
		if !asked {
			continue
		}
		target := inc.target
		if inc.key == "project" || inc.key == "component" {
			target = strings.ToLower(target)
		}
		if p.match(target) {
			l.add(jobHit{hit{inc.line, inc.text, clip(inc.version)}, -1, ""})
		}
	}
	return l
}

// conclude implements graphTest.
func (t gitlabTest) conclude(name string, nodes []node, ordinal int) metrics.Finding {
	return usesTest{}.conclude(name, nodes, ordinal)
}

// draftGitLab reads the includes of a GitLab pipeline: those of the pipeline itself, and those of the child
// pipelines that its jobs trigger.
func draftGitLab(content string, file *yamlFile) *draft {
	d := &draft{}
	g := &gitlabReader{content, file, d}
	for _, root := range file.docs {
		for key, value := range file.entries(root) {
			switch {
			case key.Value == "include":
				g.includes(key, value)
			case !strings.HasPrefix(key.Value, "."):
				for _, trigger := range file.values(value, "trigger") {
					for key, value := range file.values(trigger, "include") {
						g.includes(key, value)
					}
				}
			}
		}
	}
	return d
}

// gitlabReader fills a draft from the nodes of a GitLab pipeline.
type gitlabReader struct {
	content string
	file    *yamlFile
	draft   *draft
}

// includes reads an include: in any of its forms.
func (g *gitlabReader) includes(key, value *yaml.Node) {
	switch value.Kind {
	case yaml.ScalarNode:
		g.bare(key.Line, scalar(value))
	case yaml.MappingNode:
		g.entry(value)
	case yaml.SequenceNode:
		for item := range g.file.items(value) {
			if item.Kind == yaml.ScalarNode {
				g.bare(item.Line, scalar(item))
			} else {
				g.entry(item)
			}
		}
	}
}

// bare reads an include that is a text: a URL, or a path in the repository.
func (g *gitlabReader) bare(line int, text string) {
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		g.add(include{key: "remote", target: text, line: line})
	} else if text != "" {
		g.local(line, text)
	}
}

// entry reads an include that is a mapping.
func (g *gitlabReader) entry(n *yaml.Node) {
	for _, name := range []string{"project", "component", "remote", "template", "local"} {
		for key, value := range g.file.values(n, name) {
			text := strings.TrimSpace(scalar(value))
			inc := include{key: name, target: text, line: key.Line}
			switch {
			case text == "":
				continue
			case name == "local":
				g.local(key.Line, text)
				continue
			case name == "project":
				inc.version = g.file.text(n, "ref")
			case name == "component":
				if i := strings.LastIndexByte(text, '@'); i > 0 {
					inc.target, inc.version = text[:i], text[i+1:]
				}
			}
			g.add(inc)
		}
	}
}

// add notes an include with its source line as evidence.
func (g *gitlabReader) add(inc include) {
	if isSHA(inc.version) {
		inc.version = pinned(inc.version, g.commentOn(inc))
	}
	text := strings.TrimSpace(lineText(g.content, inc.line))
	inc.text = clip(strings.TrimSpace(strings.TrimPrefix(text, "- ")))
	if len(g.draft.includes) < maxLocals {
		g.draft.includes = append(g.draft.includes, inc)
	}
}

// commentOn returns the comment behind the commit id of an include, on its line or one of the next few.
func (g *gitlabReader) commentOn(inc include) string {
	for line := inc.line; line < inc.line+4; line++ {
		if comment := commentBehind(lineText(g.content, line), inc.version); comment != "" {
			return comment
		}
	}
	return ""
}

// local notes an include of a file of the same repository. A path with a variable is not followed.
func (g *gitlabReader) local(line int, text string) {
	p := strings.TrimPrefix(cleanGlob(text), "/")
	g.add(include{key: "local", target: p, line: line})
	if p != "" && !strings.Contains(p, "$") && len(g.draft.digest.locals) < maxLocals {
		l := local{kind: gitlabNode, path: p, wild: strings.Contains(p, "*"), job: -1, line: line}
		g.draft.digest.locals = append(g.draft.digest.locals, l)
	}
}

// skipDigest reports whether the text of a pipeline file certainly holds nothing that a test looks for, and
// no reference to a file of the same repository.
func skipDigest(content string, kind nodeKind, tests []graphTest) bool {
	for _, e := range yamlEscapes {
		if strings.Contains(content, e) {
			return false
		}
	}
	if kind != gitlabNode && strings.Contains(content, "./") {
		return false
	}
	for _, t := range tests {
		if !t.skip(content) {
			return false
		}
	}
	return true
}
