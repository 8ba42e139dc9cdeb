package detect

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// circleKind is the signal that a CircleCI pipeline imports an orb.
func circleKind() Kind {
	return Kind{
		Name: "circleci_orb", Main: "name", Whole: true, Root: true,
		Help: "a CircleCI pipeline imports an orb",
		Keys: []Key{{"name", Pattern, true, "pattern of the orb without its version, such as acme/*"}},
		how:  byFile, files: fixedFiles(".circleci/config.yml"),
		compile: compileEntry, judge: judgeEntries(readOrbs), skip: skipEntries(yamlEscapes...),
	}
}

// buildkiteKind is the signal that a Buildkite pipeline uses a plugin.
func buildkiteKind() Kind {
	return Kind{
		Name: "buildkite_plugin", Main: "name", Whole: true, Root: true,
		Help: "a step of a Buildkite pipeline uses a plugin",
		Keys: []Key{{"name", Pattern, true, "pattern of the plugin without its version, such as acme/*"}},
		how:  byFile, files: fixedFiles(".buildkite/*.yml", ".buildkite/*.yaml"),
		compile: compileEntry, judge: judgeEntries(readPlugins), skip: skipEntries(yamlEscapes...),
	}
}

// readOrbs reads the orbs that a CircleCI pipeline imports. Those that it defines itself are none.
func readOrbs(content string) ([]entry, []flaw) {
	file, flaws := parseYAML(content)
	var entries []entry
	for _, root := range file.docs {
		for _, orbs := range file.values(root, "orbs") {
			for key, value := range file.entries(orbs) {
				if value.Kind == yaml.ScalarNode && len(entries) < maxEntries {
					entries = append(entries, refEntry(content, key.Line, value, "@"))
				}
			}
		}
	}
	return bounded(file, entries, flaws)
}

// maxEntries is how many entries of one file are looked at.
const maxEntries = 20_000

// refEntry returns a text that ends in a ref behind sep as an entry.
func refEntry(content string, line int, value *yaml.Node, sep string) entry {
	text := strings.TrimSpace(scalar(value))
	e := entry{names: []string{text}, line: line, text: strings.TrimPrefix(strings.TrimSpace(lineText(content, line)), "- ")}
	if i := strings.LastIndex(text, sep); i > 0 {
		e.names[0], e.version = text[:i], text[i+1:]
		if isSHA(e.version) {
			e.version = pinned(e.version, commentBehind(lineText(content, value.Line), e.version))
		}
	}
	return e
}

// bounded returns the entries of a file, none where its aliases expand too far.
func bounded(file *yamlFile, entries []entry, flaws []flaw) ([]entry, []flaw) {
	if file.spent() {
		return nil, append(flaws, flaw{line: 1, column: 1, message: errTooFar})
	}
	return entries, flaws
}

// readPlugins reads the plugins of the steps of a Buildkite pipeline, groups included. The steps may be the
// document itself.
func readPlugins(content string) ([]entry, []flaw) {
	file, flaws := parseYAML(content)
	p := &pluginReader{content: content, file: file}
	for _, root := range file.docs {
		p.steps(root, 0)
		for _, steps := range file.values(root, "steps") {
			p.steps(steps, 0)
		}
	}
	return bounded(file, p.entries, flaws)
}

// pluginReader gathers the plugins of a pipeline.
type pluginReader struct {
	content string
	file    *yamlFile
	entries []entry
}

// steps reads a list of steps.
func (p *pluginReader) steps(list *yaml.Node, depth int) {
	for step := range p.file.items(list) {
		for _, plugins := range p.file.values(step, "plugins") {
			p.plugins(plugins)
		}
		if depth < maxDepth {
			for _, group := range p.file.values(step, "steps") {
				p.steps(group, depth+1)
			}
		}
	}
}

// plugins reads the plugins of a step: a list of names or of mappings from a name to its settings, or one
// such mapping.
func (p *pluginReader) plugins(n *yaml.Node) {
	for key := range p.file.entries(n) {
		p.plugin(key)
	}
	for item := range p.file.items(n) {
		if item.Kind == yaml.ScalarNode {
			p.plugin(item)
		}
		for key := range p.file.entries(item) {
			p.plugin(key)
		}
	}
}

// plugin notes one plugin.
func (p *pluginReader) plugin(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && len(p.entries) < maxEntries {
		p.entries = append(p.entries, refEntry(p.content, n.Line, n, "#"))
	}
}
