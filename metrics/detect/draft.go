package detect

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// draft is a file of a pipeline while its signals look at it: its digest, and what is forgotten afterwards.
type draft struct {
	content  string
	digest   digest
	line     int    // of the triggers, else 0
	title    string // evidence for the file as a whole
	uses     []use
	runs     []run
	includes []include
}

// use is one uses: of a workflow or composite action.
type use struct {
	target string // without its ref
	folded string // foldRepo(target)
	ref    string
	step   bool // of a step; otherwise of a job
	line   int  // of the key
	value  int  // line of the value
	text   string
	job    int32
}

// cite returns what a uses: says as evidence. Of a commit id the version is that of the comment behind it.
func (d *draft) cite(u use) hit {
	h := hit{line: u.line, text: "uses: " + u.text, version: u.ref}
	if isSHA(u.ref) {
		if comment := commentBehind(lineText(d.content, u.value), u.ref); comment != "" {
			h.version = pinned(u.ref, comment)
			h.text += " " + comment
		}
	}
	h.text, h.version = clip(h.text), clip(h.version)
	return h
}

// run is one run: of a step.
type run struct {
	script string
	line   int // on which the script begins
	block  bool
	job    int32
	dir    string // that it works in, "" where it says nothing
}

// draftWorkflow reads a workflow or, of an action.yml, the steps of a composite action. Only the first
// document counts.
func draftWorkflow(content string, file *yamlFile, kind nodeKind) *draft {
	d := &draft{content: content}
	if len(file.docs) == 0 {
		return d
	}
	w := &workflowReader{content: content, file: file, draft: d}
	root := file.docs[0]
	if kind == actionNode {
		for _, runs := range file.values(root, "runs") {
			for _, steps := range file.values(runs, "steps") {
				w.steps(steps, -1, "")
			}
		}
		return d
	}
	w.triggers(root)
	if d.title == "" {
		d.title = file.text(root, "name")
	}
	dir := w.defaultDir(root)
	for _, jobs := range file.values(root, "jobs") {
		for _, job := range file.entries(jobs) {
			w.job(job, dir)
		}
	}
	return d
}

// workflowReader fills a draft from the nodes of a workflow.
type workflowReader struct {
	content string
	file    *yamlFile
	draft   *draft
}

// defaultDir returns defaults.run.working-directory of a workflow or job.
func (w *workflowReader) defaultDir(n *yaml.Node) string {
	for _, defaults := range w.file.values(n, "defaults") {
		for _, run := range w.file.values(defaults, "run") {
			if dir := w.file.text(run, "working-directory"); dir != "" {
				return dir
			}
		}
	}
	return ""
}

// job reads one job.
func (w *workflowReader) job(job *yaml.Node, dir string) {
	if own := w.defaultDir(job); own != "" {
		dir = own
	}
	index := int32(len(w.draft.digest.jobs))
	w.draft.digest.jobs = append(w.draft.digest.jobs, jobDirs{})
	if dir != "" {
		w.place(index, dir)
	}
	for key, value := range w.file.values(job, "uses") {
		w.use(key, value, false, index)
		w.withDir(job, index)
	}
	for _, steps := range w.file.values(job, "steps") {
		w.steps(steps, index, dir)
	}
}

// steps reads a list of steps, which work in dir unless they say otherwise. Those of composite actions work
// where the job that calls them does.
func (w *workflowReader) steps(list *yaml.Node, job int32, dir string) {
	for step := range w.file.items(list) {
		for key, value := range w.file.values(step, "uses") {
			w.use(key, value, true, job)
			w.withDir(step, job)
		}
		for key, value := range w.file.values(step, "run") {
			here := dir
			if own := w.file.text(step, "working-directory"); own != "" {
				here = own
			}
			w.run(key, value, job, here)
			if job >= 0 {
				w.place(job, here)
			}
		}
	}
}

// place notes that a job works in dir.
func (w *workflowReader) place(job int32, dir string) {
	w.draft.digest.jobs[job] = w.draft.digest.jobs[job].with(dir)
}

// withDir notes the folder that a called workflow or action is told to work in.
func (w *workflowReader) withDir(n *yaml.Node, job int32) {
	if job < 0 {
		return
	}
	for _, inputs := range w.file.values(n, "with") {
		for _, name := range []string{"working-directory", "working_directory"} {
			if dir := w.file.text(inputs, name); dir != "" {
				w.place(job, dir)
			}
		}
	}
}

// use reads one uses:.
func (w *workflowReader) use(key, value *yaml.Node, step bool, job int32) {
	text := strings.TrimSpace(scalar(value))
	if text == "" {
		return
	}
	if strings.HasPrefix(text, "./") {
		w.local(key.Line, text, step, job)
	}
	target, ref := splitUse(text)
	w.draft.uses = append(w.draft.uses, use{
		target: target, folded: foldRepo(target), ref: ref, step: step, line: key.Line, value: value.Line, job: job, text: text,
	})
}

// local notes a reference to a workflow or action of the same repository.
func (w *workflowReader) local(line int, text string, step bool, job int32) {
	if len(w.draft.digest.locals) >= maxLocals {
		return
	}
	p := path.Clean(text)
	if step {
		w.draft.digest.locals = append(w.draft.digest.locals, local{kind: actionNode, path: p, job: job, line: line})
	} else if rootNode(p) == workflowNode {
		w.draft.digest.locals = append(w.draft.digest.locals, local{kind: workflowNode, path: p, job: job, line: line})
	}
}

// run reads one run:.
func (w *workflowReader) run(key, value *yaml.Node, job int32, dir string) {
	script := scalar(value)
	if script == "" {
		return
	}
	r := run{script: script, line: key.Line, job: job, dir: dir}
	if value.Style&yaml.LiteralStyle != 0 {
		r.line, r.block = value.Line+1, true
	}
	w.draft.runs = append(w.draft.runs, r)
}

// splitUse splits a uses: into target and ref. Of an image the tag or digest is the ref.
func splitUse(text string) (target, ref string) {
	if image, ok := strings.CutPrefix(text, "docker://"); ok {
		name, version := splitImage(image)
		return "docker://" + name, version
	}
	if i := strings.LastIndexByte(text, '@'); i > 0 {
		return text[:i], text[i+1:]
	}
	return text, ""
}

// commentBehind returns the comment, with its #, that stands behind the text on a line; "" where there is
// none.
func commentBehind(line, text string) string {
	i := strings.Index(line, text)
	if i < 0 {
		return ""
	}
	rest := line[i+len(text):]
	for j := range len(rest) {
		if rest[j] == '#' && j > 0 && (rest[j-1] == ' ' || rest[j-1] == '\t') {
			return strings.TrimSpace(rest[j:])
		}
	}
	return ""
}
