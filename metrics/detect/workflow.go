package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// workflowFiles are the files of GitHub Actions: two globs of workflows, and actions that steps may refer to.
var workflowFiles = fixedFiles(".github/workflows/*.yml", ".github/workflows/*.yaml", "**/action.yml", "**/action.yaml")

// workflowKind is the signal that there is a workflow of a certain make.
func workflowKind() Kind {
	return Kind{
		Name: "workflow", Main: "name", Whole: true, Root: true,
		Help: "a GitHub Actions workflow with a name, triggers or run steps like these",
		Keys: []Key{
			{"name", Pattern, false, "glob of the workflow file: its base name, or its path where it has a slash"},
			{"triggers", Texts, false, "events that set it off, any of them"},
			{"runs", Regex, false, "regular expression over its run steps (RE2, multi-line mode on)"},
			{"unless_uses", Pattern, false, "pattern of a uses: that rules the workflow out"},
		},
		AnyOf: []string{"name", "triggers", "runs", "unless_uses"},
		how:   byGraph, graph: githubGraph, files: workflowFiles, roots: 2,
		compile: func(s metrics.Signal) (any, []Problem) {
			t := workflowTest{name: newPattern(s.Name), triggers: s.Triggers}
			if s.Runs != "" {
				t.runs = newSearch(s.Runs)
			}
			if s.UnlessUses != "" {
				unless := newRepoPattern(s.UnlessUses)
				t.unless = &unless
			}
			return t, checkTarget("unless_uses", s.UnlessUses, "@")
		},
	}
}

// workflowTest is a compiled workflow signal.
type workflowTest struct {
	name     pattern
	triggers []string
	runs     *search
	unless   *pattern
}

// skip implements graphTest: only what has no run step at all is known to hold nothing.
func (t workflowTest) skip(content string) bool {
	return t.runs != nil && !strings.Contains(content, "run")
}

// look implements graphTest.
func (t workflowTest) look(d *draft) look {
	var l look
	if t.unless != nil {
		l.bars = slices.ContainsFunc(d.uses, func(u use) bool { return t.unless.matchRepo(u.target, u.folded) })
	}
	if t.runs == nil {
		l.hits = []jobHit{{hit: hit{line: d.line, text: clip(d.title)}, job: -1}}
		return l
	}
	for _, r := range d.runs {
		for _, h := range t.runs.hits(r.script) {
			if h.line += r.line - 1; !r.block {
				h.line = r.line
			}
			l.add(jobHit{h, r.job, r.dir})
		}
	}
	return l
}

// conclude implements graphTest. A workflow that only others call counts where one of them reaches it; the
// triggers are those of the workflow that begins the pipeline, or its own.
func (t workflowTest) conclude(name string, nodes []node, ordinal int) metrics.Finding {
	var out metrics.Finding
	var unknown metrics.Reason
	for _, n := range nodes {
		if n.digest == nil {
			unknown = firstReason(unknown, n.reason)
			continue
		}
		l := n.digest.look(ordinal)
		if l.bars {
			return metrics.Finding{}
		}
		if t.named(n) && t.triggered(nodes[0], n) && (t.runs != nil || n.kind == workflowNode) {
			out.Evidence = appendHits(out.Evidence, name, n, l.hits)
		}
	}
	switch {
	case len(out.Evidence) > 0 && (unknown == "" || t.unless == nil):
		out.Truth = metrics.Yes
	case unknown != "":
		return metrics.Finding{Truth: metrics.Maybe, Reason: unknown}
	}
	return out
}

// named reports whether the name is that of the node's workflow file: for an action the nearest one that
// led to it.
func (t workflowTest) named(n node) bool {
	file := n.path
	for i := len(n.via) - 1; i >= 0 && rootNode(file) != workflowNode; i-- {
		file = n.via[i]
	}
	if !strings.Contains(t.name.text, "/") {
		file = path.Base(file)
	}
	return t.name.match(file)
}

// triggered reports whether one of the wanted triggers sets off the pipeline or the workflow itself.
func (t workflowTest) triggered(root, n node) bool {
	if len(t.triggers) == 0 {
		return true
	}
	return slices.ContainsFunc(t.triggers, func(want string) bool {
		return root.digest != nil && slices.Contains(root.digest.triggers, want) || slices.Contains(n.digest.triggers, want)
	})
}

// appendHits adds the hits of a node as evidence, apart from those in jobs and steps that work elsewhere than
// in the component.
func appendHits(list []metrics.Evidence, name string, n node, hits []jobHit) []metrics.Evidence {
	for _, h := range hits {
		if len(list) < maxEvidence && !n.digest.leavesOut(h.job, n.folder) && !h.elsewhere(n.folder) {
			list = append(list, evidence(name, n.path, h.hit, n.via))
		}
	}
	return list
}

// firstReason returns the first reason that there is.
func firstReason(a, b metrics.Reason) metrics.Reason {
	if a != "" {
		return a
	}
	return b
}

// triggers reads the on: of a workflow: a text, a list or a mapping. YAML 1.1 takes the word for true, and
// programs that rewrite workflows sometimes write it so.
func (w *workflowReader) triggers(root *yaml.Node) {
	for _, name := range []string{"on", "true"} {
		for key, value := range w.file.values(root, name) {
			w.draft.line, w.draft.title = key.Line, lineText(w.content, key.Line)
			w.events(value)
		}
	}
	d := &w.draft.digest
	d.callOnly = len(d.triggers) > 0 && !slices.ContainsFunc(d.triggers, func(t string) bool { return t != "workflow_call" })
	if !slices.ContainsFunc(d.filters, func(f filter) bool { return len(f.paths)+len(f.ignore) > 0 }) {
		d.filters = nil // nothing is filtered
	}
}

// events reads the events of an on:.
func (w *workflowReader) events(on *yaml.Node) {
	d := &w.draft.digest
	if on.Kind == yaml.ScalarNode {
		w.event(scalar(on), nil)
	}
	for event := range w.file.items(on) {
		w.event(scalar(event), nil)
	}
	for key, value := range w.file.entries(on) {
		w.event(scalar(key), value)
	}
	if len(d.triggers) > maxLocals {
		d.triggers = d.triggers[:maxLocals]
	}
}

// event notes one trigger and, of those that changes of files set off, its path filter.
func (w *workflowReader) event(name string, options *yaml.Node) {
	d := &w.draft.digest
	if name == "" || len(d.triggers) > maxLocals {
		return
	}
	d.triggers = append(d.triggers, name)
	if name != "push" && name != "pull_request" && name != "pull_request_target" {
		return
	}
	f := filter{}
	for _, paths := range w.file.values(options, "paths") {
		f.paths = append(f.paths, w.texts(paths)...)
	}
	for _, paths := range w.file.values(options, "paths-ignore") {
		f.ignore = append(f.ignore, w.texts(paths)...)
	}
	d.filters = append(d.filters, f)
}

// texts returns the texts of a list, or a single one.
func (w *workflowReader) texts(n *yaml.Node) (texts []string) {
	if text := scalar(n); text != "" {
		return []string{text}
	}
	for item := range w.file.items(n) {
		if text := scalar(item); text != "" && len(texts) < maxLocals {
			texts = append(texts, text)
		}
	}
	return texts
}
