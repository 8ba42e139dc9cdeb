package detect

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

// plainNode is what is used of a node.
type plainNode struct {
	Kind         yaml.Kind
	Value        string
	Null         bool
	Literal      bool
	Line, Column int
	Content      []plainNode
}

func plainNodes(n *yaml.Node) plainNode {
	p := plainNode{
		Kind: n.Kind, Value: n.Value, Line: n.Line, Column: n.Column,
		Null: n.Kind == yaml.ScalarNode && n.Tag == "!!null", Literal: n.Style&yaml.LiteralStyle != 0,
	}
	for _, c := range n.Content {
		p.Content = append(p.Content, plainNodes(c))
	}
	return p
}

// agrees fails unless the reader of blocks gives up on a text, or finds what the parser finds.
func agrees(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) (read bool) {
	t.Helper()
	root, ok := readBlocks(text)
	if !ok {
		return false
	}
	file, flaws := parseAnyYAML(text)
	var got, want []plainNode
	if root != nil {
		got = append(got, plainNodes(root))
		if more := duplicates(root, nil); len(more) != len(flaws) {
			t.Fatalf("flaws of %q: got %v, want %v", text, more, flaws)
		}
	}
	for _, doc := range file.docs {
		want = append(want, plainNodes(doc))
	}
	if len(want) == 0 && len(flaws) > 0 {
		t.Fatalf("%q was read, the parser says %v", text, flaws)
	}
	if !reflect.DeepEqual(got, want) { // cmp takes long over large files
		t.Fatalf("%.2000q: -got +want:\n%.2000s", text, cmp.Diff(got, want))
	}
	return true
}

// Texts of these forms have to be read without the parser: most pipelines are written so.
func TestBlocksAreRead(t *testing.T) {
	for _, text := range []string{
		"\n", "# only a comment\n", "---\na: b\n", "# license\n\n--- # begin\na: b\n",
		"a: b\n", "a:   b  # c\n", "a:\n  b: c\n", "a:\nb:\n", "a:\n  # nothing\nb: c\n", "a: # nothing\n",
		"a:\n- b\n- c\n", "a:\n  - b\n  - c: d\n    e: f\n", "-\n", "- a\n-\n- b\n", "- a:\n    b: c\n", "-   a: b\n    c: d\n",
		"on: [push, 'pull_request' , \"x\"]\n", "on: []\n", "a: {}\n", "a: [ main ] # c\n", "a: [x y, 'ä', z]\n",
		"run: |\n  a\n\n   b\n\nc: d\n", "run: |-\n  a\n  # b\n", "run: |+\n  a\n\n\nb: c\n", "- |\n a\n- b\n", "a: |\n  x\n    \n  y\n   \n",
		"a: |\n  x\n  \ty\n", "a: | # c\n  x\n",
		"if: ${{ a == 'b' && c }}\n", "a: b:c\n", "a: http://x/y#z\n", "a: -x\n", "a: 'it is'\n", "a: \"x\" # c\n", "'on': x\n", "\"a b\": x\n",
		"a: null\n", "a: ~\n", "a: ''\n", "null: a\n", "a b: c\n", "a-b/c.d: e\n", "a: ä ö\n", "a: x\na: y\n", "a : b\n",
		"a: 'x\\y'\n",
	} {
		if !agrees(t, text) {
			t.Errorf("%q was not read", text)
		}
	}
}

// Texts of these forms mean something that the reader does not know, or nothing.
func TestBlocksAreLeftToTheParser(t *testing.T) {
	for _, text := range []string{
		"a: b", "a: b\r\n", "a:\tb\n", "a: &x b\n", "a: *x\n", "a: !t b\n", "a: >\n  b\n", "a: |2\n   b\n", "a: \"\\n\"\n",
		"a: 'it''s'\n", "a: b\n  c\n", "a: b: c\n", "a: 'b'\n  c\n", "<<: {}\n", "? a\n: b\n", "a: {b: c}\n", "a: [b, [c]]\n",
		"a: [b,\n  c]\n", "a: b\n---\nc: d\n", "a: b\n...\n", "%YAML 1.1\n---\na: b\n", "a\n", " a: b\n", "a:\n  b: c\n d: e\n",
		"- a\nb: c\n", "a: b\n- c\n", "- - a\n", "a: |\nb: c\n", "a: \x01\n", "a: \u2028\n", "\uFEFFa: b\n", "a: @b\n", "a: `b`\n", "a: %b\n",
		"a: |\n    \n  b\n", "a: |\n  b\n c\n", "\ta: b\n", "a:\n  b\n", "a: [b: c]\n", "a: ]\n", "a: 'b' c\n", "a: \xff\n", "a: - b\n",
		"", "a: |\n  \tx\n", "a: |\n  x\n\t\n", "a:\n    - b:\n        c\n", nested(maxBlockDepth + 1),
	} {
		if _, ok := readBlocks(text); ok {
			t.Errorf("%.40q was read", text)
		}
	}
}

// TestVersionsOfYAML reads pipelines that say of which version of YAML they are.
func TestVersionsOfYAML(t *testing.T) {
	for _, version := range []string{"1.1", "1.2"} {
		file, flaws := parseYAML("# ours\n%YAML " + version + "\n---\non: [push]\n")
		if len(file.docs) != 1 || len(flaws) > 0 || file.docs[0].Line != 4 {
			t.Errorf("%s: %d documents, %v", version, len(file.docs), flaws)
		}
	}
}

// nested is a mapping so deep.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String() + strings.Repeat(" ", depth) + "b: c\n"
}

// Lines that belong together in other ways, and by chance.
func TestBlocksAgreeWithTheParser(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"a: b", "a:", "- a", "-", "- b: c", "run: |", "x: |-", "x: |+", "k: [a, 'b']", "k: []", "k: {}", "# c", "", "'q': \"r\"", "n: null", "n: ~",
		"a: b # c", "a: ä", "<<: x", "a: 'b'", "text", "---", "a: |", "- |", "a : b", "- - a", "-  a: b", "a: b: c", "a: -", "a: *b", "  ", "\t", "a:\tb",
		"a: x#y", "a: ${{ b }}", "a: >", "...", "a: \"b\\\"", "a: 'b", "a.b/c-d: e", "a b: c", "x: [a b, c]", "x: [a,]", "x: [,]", "a: [ ]", "a: { }",
	})
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		dent, step := 0, rapid.SampledFrom([]int{0, 0, 0, 2, 2, -2, -2, 1, 4, -4})
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			b.WriteString(strings.Repeat(" ", dent) + piece.Draw(t, "line") + "\n")
			dent = max(dent+step.Draw(t, "step"), 0)
		}
		if agrees(t, b.String()) {
			read++
		}
	})
	if read == 0 {
		t.Error("none was read")
	}
}

// TRODDEN_YAML names a folder of files that people wrote.
func TestBlocksAgreeOnFiles(t *testing.T) {
	dir := os.Getenv("TRODDEN_YAML")
	if dir == "" {
		dir = "testdata"
	}
	files, read := 0, 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if agrees(t, string(text)) {
			read++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d files were read without the parser", read, files)
}

func FuzzBlocks(f *testing.F) {
	for _, text := range []string{"a: b\n", "a:\n- b\n- c: d\n  e: |\n    f\n", "on: [push, 'x']\n", "---\n# c\n'a': \"b\" # c\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { agrees(t, text) })
}
