package detect

import (
	"strings"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// yamlKind is the signal that a value stands in a YAML file.
func yamlKind() Kind {
	return Kind{
		Name: "yaml", Main: "file", Whole: true,
		Help: "a YAMLPath leads to a value in any document of a YAML file",
		Keys: []Key{
			{"file", FileGlob, true, "glob of the files"},
			{"path", YAMLPath, true, "YAMLPath of the value, such as $.spec.owner"},
			{"matches", Pattern, false, "glob over the value, or over an item where it is a list"},
			{"equals", Text, false, "exactly the value, or an item where it is a list"},
		},
		how: byFile, files: fileOf,
		compile: compileYAML, judge: judgeYAML, skip: skipYAML,
	}
}

// yamlTest is a compiled yaml signal.
type yamlTest struct {
	path    yamlPath
	matches pattern
	equals  *string
	needles []pattern // of keys that must stand in the file
}

// compileYAML prepares a yaml signal.
func compileYAML(s metrics.Signal) (any, []Problem) {
	path, err := parsePath(s.Path)
	if err != nil { // checked before
		return nil, problem("path", "%v", err)
	}
	if s.Equals != nil && s.Matches != "" {
		return nil, problem("equals", "equals and matches exclude each other, expected one of them")
	}
	t := yamlTest{path: path, matches: newPattern(s.Matches), equals: s.Equals}
	for _, step := range path {
		if step.name != "" && needleOf(step.name) == strings.ToLower(step.name) {
			t.needles = append(t.needles, newPattern(step.name))
		}
	}
	return t, nil
}

// skipYAML reports whether a key of the path certainly stands nowhere in the file.
func skipYAML(content string, test any) bool {
	for _, n := range test.(yamlTest).needles {
		if n.lacks(content, yamlEscapes...) {
			return true
		}
	}
	return false
}

// yamlEscapes are the texts by which a YAML file can write a letter in another way: escapes in double
// quotes, and encodings other than UTF-8.
var yamlEscapes = []string{`\x`, `\u`, `\U`, `\/`, "\\\n", "\\\r", "\x00"}

// judgeYAML parses the file once and asks each test.
func judgeYAML(content string, tests []any) ([][]hit, []flaw) {
	file, flaws := parseYAML(content)
	hits := make([][]hit, len(tests))
	for i, test := range tests {
		t := test.(yamlTest)
		for _, doc := range file.docs {
			t.path.find(file, found{doc, doc}, 0, func(at found) bool {
				if t.met(at.value) {
					hits[i] = addHit(hits[i], hit{line: at.key.Line, text: nodeText(content, at)})
				}
				return len(hits[i]) < maxHits
			})
		}
		if file.spent() {
			return make([][]hit, len(tests)), append(flaws, flaw{line: 1, column: 1, message: errTooFar})
		}
	}
	return hits, flaws
}

// met reports whether the value is as the test asks. Without matches and equals any value is, null too.
func (t yamlTest) met(n *yaml.Node) bool {
	n = resolve(n)
	switch {
	case t.equals == nil && t.matches.text == "":
		return true
	case n == nil:
		return false
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			if item = resolve(item); item.Kind == yaml.ScalarNode && t.met(item) {
				return true
			}
		}
		return false
	case n.Kind != yaml.ScalarNode:
		return false
	case t.equals != nil:
		return scalar(n) == *t.equals || n.Value == *t.equals
	}
	return t.matches.match(scalar(n))
}

// nodeText returns the key and, where it is a scalar, the value as evidence.
func nodeText(content string, at found) string {
	key := at.key
	value := scalar(resolve(at.value))
	switch {
	case key == at.value, key.Kind != yaml.ScalarNode, key.Line <= 0:
		return clip(lineText(content, key.Line))
	case value == "":
		return clip(key.Value + ":")
	}
	return clip(key.Value + ": " + value)
}
