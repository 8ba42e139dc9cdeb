package detect

import (
	"fmt"
	"strings"

	goccy "github.com/goccy/go-yaml"
	"go.yaml.in/yaml/v4"
)

// yamlPath is a YAMLPath as in github.com/goccy/go-yaml, evaluated over nodes that have their positions,
// aliases, merges and duplicate keys.
type yamlPath []pathStep

// pathStep is one step of a YAMLPath.
type pathStep struct {
	kind  stepKind
	name  string // child, descendant
	index int    // item
}

type stepKind uint8

const (
	child      stepKind = iota + 1 // .name
	descendant                     // ..name
	item                           // [n]
	everyItem                      // [*]
)

// parsePath reads a YAMLPath. The library says whether it is one; it keeps the steps to itself, so they are
// read again here.
func parsePath(text string) (path yamlPath, err error) {
	defer func() { // the library indexes past the end of some texts
		if recover() != nil {
			path, err = nil, fmt.Errorf("unexpected end")
		}
	}()
	if !strings.HasPrefix(text, "$") {
		return nil, fmt.Errorf("required '$' character at first")
	}
	if _, err := goccy.PathString(text); err != nil {
		return nil, err
	}
	return pathSteps([]rune(text[1:]))
}

// pathSteps reads the steps of a YAMLPath behind its $.
func pathSteps(rest []rune) (yamlPath, error) {
	var path yamlPath
	for len(rest) > 0 {
		var step pathStep
		var err error
		switch {
		case rest[0] == '[':
			step, rest, err = indexStep(rest[1:])
		case len(rest) > 1 && rest[0] == '.' && rest[1] == '.':
			var name string
			name, rest = cutName(rest[2:])
			step = pathStep{kind: descendant, name: name}
		case len(rest) > 1 && rest[0] == '.' && rest[1] == '\'':
			step, rest, err = quotedStep(rest[2:])
		case rest[0] == '.':
			var name string
			name, rest = cutName(rest[1:])
			step = pathStep{kind: child, name: name}
		default:
			err = fmt.Errorf("unexpected %q", rest[0])
		}
		if err != nil {
			return nil, err
		}
		path = append(path, step)
	}
	return path, nil
}

// cutName cuts the text up to the next step.
func cutName(rest []rune) (string, []rune) {
	for i, r := range rest {
		if r == '.' || r == '[' {
			return string(rest[:i]), rest[i:]
		}
	}
	return string(rest), nil
}

// indexStep reads [n] or [*] behind its bracket.
func indexStep(rest []rune) (pathStep, []rune, error) {
	for i, r := range rest {
		if r != ']' {
			continue
		}
		if text := string(rest[:i]); text != "*" {
			var n int
			if _, err := fmt.Sscanf(text, "%d", &n); err != nil || n < 0 {
				return pathStep{}, nil, fmt.Errorf("%q is no index", text)
			}
			return pathStep{kind: item, index: n}, rest[i+1:], nil
		}
		return pathStep{kind: everyItem}, rest[i+1:], nil
	}
	return pathStep{}, nil, fmt.Errorf("a bracket is not closed")
}

// quotedStep reads a name in single quotes behind the first of them; a backslash takes the next character
// as it stands.
func quotedStep(rest []rune) (pathStep, []rune, error) {
	var name []rune
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			name = append(name, rest[i])
		case rest[i] == '\'':
			return pathStep{kind: child, name: string(name)}, rest[i+1:], nil
		default:
			name = append(name, rest[i])
		}
	}
	return pathStep{}, nil, fmt.Errorf("a quote is not closed")
}

// found is a node that a path leads to; key is where it stands in the file.
type found struct{ key, value *yaml.Node }

// find calls yield with each node that the path leads to, until it returns false.
func (p yamlPath) find(f *yamlFile, at found, depth int, yield func(found) bool) bool {
	if len(p) == 0 {
		return yield(at)
	}
	step, rest := p[0], p[1:]
	n := resolve(at.value)
	if n == nil || depth > maxDepth {
		return true
	}
	switch step.kind {
	case child:
		for key, value := range f.values(n, step.name) {
			if !rest.find(f, found{key, value}, depth+1, yield) {
				return false
			}
		}
	case descendant:
		return p.descend(f, at, depth, yield)
	case item, everyItem:
		return p.eachItem(f, n, depth, yield)
	}
	return true
}

// eachItem goes on with one or all items of a sequence.
func (p yamlPath) eachItem(f *yamlFile, n *yaml.Node, depth int, yield func(found) bool) bool {
	if n.Kind != yaml.SequenceNode {
		return true
	}
	for i, value := range n.Content {
		if p[0].kind == item && i != p[0].index {
			continue
		}
		if !f.step() || !p[1:].find(f, found{value, resolve(value)}, depth+1, yield) {
			return false
		}
	}
	return true
}

// descend goes on with every value of the step's name at any depth.
func (p yamlPath) descend(f *yamlFile, at found, depth int, yield func(found) bool) bool {
	n := resolve(at.value)
	if n == nil || depth > maxDepth || !f.step() {
		return !f.spent()
	}
	if n.Kind == yaml.SequenceNode {
		for _, value := range n.Content {
			if !p.descend(f, found{value, resolve(value)}, depth+1, yield) {
				return false
			}
		}
		return true
	}
	for key, value := range f.entries(n) {
		if key.Value == p[0].name && !p[1:].find(f, found{key, value}, depth+1, yield) {
			return false
		}
		if !p.descend(f, found{key, value}, depth+1, yield) {
			return false
		}
	}
	return true
}
