package detect

import (
	"github.com/trodden/trodden/metrics"
)

// Form says what may stand in a key of a signal.
type Form string

// The forms of keys.
const (
	FileGlob   Form = "glob"       // of file names: doublestar, relative to the unit, a leading / means the root
	Pattern    Form = "pattern"    // doublestar over a whole target without its ref
	Patterns   Form = "patterns"   // a list of patterns
	Regex      Form = "regex"      // RE2, multi-line mode on
	YAMLPath   Form = "yamlpath"   // as in github.com/goccy/go-yaml
	Range      Form = "range"      // of semantic versions
	Text       Form = "text"       // compared as it stands
	Texts      Form = "texts"      // a list of texts
	Number     Form = "number"     // not negative
	Stage      Form = "stage"      // final or any
	Expression Form = "expression" // CEL
)

// Key is one key that a kind of signal has in the configuration.
type Key struct {
	Name     string
	Form     Form
	Required bool
	Help     string
}

// Kind is one kind of signal.
type Kind struct {
	Name  string // as in the configuration
	Main  string // the key that a bare scalar sets
	Keys  []Key
	AnyOf []string // at least one of these keys must be set; empty: Required says it all
	Whole bool     // reads files; otherwise their presence is enough, or it looks at no file
	Root  bool     // judged at the root of the repository, for components too
	Help  string   // one line

	bit     uint64 // of blob.checked
	how     how
	graph   graphID
	roots   int                                          // byGraph: so many of the files begin pipelines, the others are parts
	files   func(metrics.Signal) []string                // globs of the files that are looked at
	compile func(metrics.Signal) (test any, p []Problem) // prepares what judge, look or find are given
	judge   judge                                        // byFile
	skip    func(content string, test any) bool          // byFile: certainly nothing here; nil: never known
	ask     func(host Host, test any) []hit              // byHost
	foreign bool                                         // passes over files that package managers put there
}

// how says in which way signals of a kind are judged.
type how uint8

const (
	byPresence   how = iota + 1 // a file is there and not blank
	byFile                      // each file by itself
	byGraph                     // files and those they refer to
	byHost                      // what the code host says
	byExpression                // an expression over everything
)

// judge parses the content of one file once and returns what each test finds in it.
type judge func(content string, tests []any) ([][]hit, []flaw)

// Kinds lists the kinds of signals. One more kind is one more entry here.
func Kinds() []Kind {
	return []Kind{
		fileKind(), contentKind(), yamlKind(),
		workflowKind(), usesKind("uses"), usesKind("workflow_uses"), usesKind("action_uses"),
		gitlabKind(), circleKind(), buildkiteKind(), dockerKind(),
		goModuleKind(), npmKind(), mavenKind(), helmKind(), terraformKind(),
		catalogKind(), templateKind(), topicKind(), propertyKind(), celKind(),
	}
}

// kindsByName returns the kinds by their names.
func kindsByName() map[string]Kind {
	kinds := map[string]Kind{}
	for i, k := range Kinds() {
		k.bit = 1 << i
		kinds[k.Name] = k
	}
	return kinds
}

// Files returns the globs of the files that the signal looks at, relative to the unit unless they begin
// with a slash.
func (k Kind) Files(s metrics.Signal) []string { return k.files(s) }

// fixedFiles is the files function of kinds that always look at the same files.
func fixedFiles(globs ...string) func(metrics.Signal) []string {
	return func(metrics.Signal) []string { return globs }
}

// fileOf is the files function of kinds that have a file key.
func fileOf(s metrics.Signal) []string { return []string{s.File} }
