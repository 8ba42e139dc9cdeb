package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// graphID names a family of pipeline files that refer to one another inside a repository.
type graphID uint8

const (
	githubGraph graphID = iota
	gitlabGraph
	graphs // their number
)

// nodeKind says what a file is in a pipeline.
type nodeKind uint8

const (
	noNode       nodeKind = iota
	workflowNode          // .github/workflows/*.yml
	actionNode            // action.yml of a composite action
	gitlabNode            // .gitlab-ci.yml and what it includes
	nodeKinds             // their number
)

const (
	maxNodes  = 256 // files that one pipeline reaches
	maxLocals = 256 // local references of one file
)

// rootNode says which pipeline a path begins, noNode for most.
func rootNode(p string) nodeKind {
	if p == gitlabFile {
		return gitlabNode
	}
	if path.Dir(p) == ".github/workflows" && (path.Ext(p) == ".yml" || path.Ext(p) == ".yaml") {
		return workflowNode
	}
	return noNode
}

// graph returns the family that a node belongs to.
func (n nodeKind) graph() graphID {
	if n == gitlabNode {
		return gitlabGraph
	}
	return githubGraph
}

// graphTest is a compiled signal that follows references between files.
type graphTest interface {
	// look says what the signal finds in one file by itself.
	look(d *draft) look
	// conclude says what it finds in a pipeline. ordinal is the place of its looks in the digests.
	conclude(name string, nodes []node, ordinal int) metrics.Finding
	// skip reports whether the text of a file certainly holds nothing that the signal looks for.
	skip(content string) bool
}

// digest is what the signals of a graph need to know of one file, without its content.
type digest struct {
	callOnly bool      // a workflow that only others can call
	triggers []string  // of a workflow
	filters  []filter  // of its triggers, by paths
	jobs     []jobDirs // where its jobs work
	locals   []local   // files of the same repository that it refers to
	looks    []look    // of each test of the graph; nil where nothing was found
}

// look is what one signal finds in one file.
type look struct {
	hits  []jobHit
	parts uint64 // all_of: the patterns that are met
	bars  bool   // unless_uses: rules the pipeline out
}

// jobHit is a hit inside a job of a workflow; job is -1 outside of jobs. dir is the folder that its step works
// in, empty where the step says nothing.
type jobHit struct {
	hit
	job int32
	dir string
}

// add adds a hit, unless there are enough or an alias led to the same place of the same job before.
func (l *look) add(h jobHit) {
	if len(l.hits) < maxHits && !slices.Contains(l.hits, h) {
		l.hits = append(l.hits, h)
	}
}

// local is a reference to a file of the same repository.
type local struct {
	kind nodeKind
	path string // of the file; of the folder for actions; a glob where wild
	wild bool
	job  int32 // that refers; -1 outside of jobs
	line int
}

// candidates returns the paths at which the file may be, the first that is there counts.
func (l local) candidates() []string {
	if l.kind == actionNode {
		return []string{path.Join(l.path, "action.yml"), path.Join(l.path, "action.yaml")}
	}
	return []string{l.path}
}

// node is a file that a pipeline reaches, the one that begins it included.
type node struct {
	path   string
	kind   nodeKind
	via    []string       // files that led here, outermost first
	digest *digest        // nil where the file could not be read
	reason metrics.Reason // why it could not
	folder string         // of the component that asks
	line   int            // of the reference that led here
}

// digest returns the digest of a blob as a file of the given kind. Unless it is to be parsed in full, a text
// that certainly holds nothing for any signal is not parsed.
func (t *Tracker) digest(oid metrics.OID, kind nodeKind, full bool) (*digest, metrics.Reason) {
	b := t.set.blobs.blob(oid)
	b.mu.Lock()
	defer b.mu.Unlock()
	bit := nodeBit(kind)
	if b.digests[kind] != nil && (!full || b.checked&bit != 0) {
		return b.digests[kind], ""
	}
	content, reason := t.content(oid)
	if reason != "" {
		return nil, reason
	}
	before := b.bytes
	tests := t.set.tests[kind.graph()]
	if full || !skipDigest(content, kind, tests) {
		d, flaws := makeDigest(content, kind, tests)
		b.digests[kind] = d
		b.check(bit, flaws)
		b.bytes += d.bytes()
	} else {
		b.digests[kind] = &digest{}
	}
	t.set.blobs.grew(oid, b.bytes-before)
	return b.digests[kind], ""
}

// nodeBit is the bit of blob.checked for files of pipelines; kinds of signals have the lower ones.
func nodeBit(kind nodeKind) uint64 { return 1 << (56 + kind) }

// bytes returns roughly how many bytes the digest takes.
func (d *digest) bytes() int {
	n := 128
	for _, l := range d.locals {
		n += 40 + len(l.path)
	}
	for _, j := range d.jobs {
		n += 24 + 32*len(j)
	}
	for _, f := range d.filters {
		n += 48 + 40*(len(f.paths)+len(f.ignore))
	}
	for _, l := range d.looks {
		n += 40
		for _, h := range l.hits {
			n += 56 + len(h.text) + len(h.version)
		}
	}
	return n
}

// makeDigest parses a file of a pipeline and lets every signal look at it.
func makeDigest(content string, kind nodeKind, tests []graphTest) (*digest, []flaw) {
	file, flaws := parseYAML(content)
	var dr *draft
	if kind == gitlabNode {
		dr = draftGitLab(content, file)
	} else {
		dr = draftWorkflow(content, file, kind)
	}
	if file.spent() {
		return &digest{}, append(flaws, flaw{line: 1, column: 1, message: errTooFar})
	}
	d := dr.digest
	for i, test := range tests {
		if l := test.look(dr); len(l.hits) > 0 || l.parts != 0 || l.bars {
			if d.looks == nil {
				d.looks = make([]look, len(tests))
			}
			d.looks[i] = l
		}
	}
	d.detach()
	return &d, flaws
}

// detach copies the texts of the digest, which else would hold the whole file.
func (d *digest) detach() {
	cloneAll(d.triggers)
	for _, f := range d.filters {
		cloneAll(f.paths)
		cloneAll(f.ignore)
	}
	for _, dirs := range d.jobs {
		cloneAll(dirs)
	}
	for i := range d.locals {
		d.locals[i].path = strings.Clone(d.locals[i].path)
	}
	for _, l := range d.looks {
		for i := range l.hits {
			h := &l.hits[i]
			h.hit, h.dir = h.clone(), strings.Clone(h.dir)
		}
	}
}

func cloneAll(list []string) {
	for i := range list {
		list[i] = strings.Clone(list[i])
	}
}

// look returns what the test with the ordinal finds.
func (d *digest) look(ordinal int) look {
	if d.looks == nil {
		return look{}
	}
	return d.looks[ordinal]
}
