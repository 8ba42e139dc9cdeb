package detect

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
	"github.com/trodden/trodden/metrics"
)

// expression is a cel signal of a tracker. It notes which files its last evaluation looked at: while they
// stay as they are, so does its outcome.
type expression struct {
	tracker *Tracker
	signal  int32
	repo    map[string]any
	looked  map[string]struct{} // paths whose presence or content mattered
	listed  bool                // the list of all files mattered
}

// newExpression begins to follow a cel signal.
func newExpression(t *Tracker, signal int32) *expression {
	host, owner, name := identity(t.host.Name)
	topics, languages, properties := t.host.Topics, t.host.Languages, t.host.Properties
	if topics == nil {
		topics = []string{}
	}
	if languages == nil {
		languages = []string{}
	}
	if properties == nil {
		properties = map[string]string{}
	}
	return &expression{tracker: t, signal: signal, listed: true, repo: map[string]any{
		"repo.id": t.host.Name, "repo.host": host, "repo.owner": owner, "repo.name": name,
		"repo.topics": topics, "repo.properties": properties, "repo.languages": languages,
		"repo.archived": t.host.Archived, "repo.fork": t.host.Fork, "repo.template": t.host.Template,
		"repo.template_of": t.host.TemplateOf, "repo.default_branch": t.host.DefaultBranch,
	}}
}

// touch says that a file changed; there says whether it came or went.
func (e *expression) touch(path string, there bool) {
	if _, ok := e.looked[path]; ok || there && e.listed {
		e.tracker.dirty = true
		st := &e.tracker.states[e.signal]
		st.valid, st.fresh = false, false
	}
}

// evaluate says what the expression finds now.
func (e *expression) evaluate() metrics.Finding {
	e.looked, e.listed = map[string]struct{}{}, false
	files := &fileMap{e: e}
	vars := map[string]any{"files": files}
	for name, value := range e.repo {
		vars[name] = value
	}
	sig := &e.tracker.set.signals[e.signal]
	out, _, err := sig.test.(celTest).program.Eval(vars)
	var cancelled interpreter.EvalCancelledError
	switch {
	case err == nil && out == types.True:
		h := hit{text: clip(sig.spec.Expr)}
		return metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{evidence("cel", e.witness(), h, nil)}}
	case err != nil && files.unknown != "":
		return metrics.Finding{Truth: metrics.Maybe, Reason: files.unknown}
	case errors.As(err, &cancelled):
		return metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonTooLarge}
	case !e.tracker.states[e.signal].covered:
		return metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}
	}
	return metrics.Finding{} // false, or an error such as a file that is not there
}

// witness returns the first of the files that the evaluation looked at, "" where it looked at none.
func (e *expression) witness() string {
	first := ""
	for path := range e.looked {
		if e.tracker.Oid(path) != "" && (first == "" || path < first) {
			first = path
		}
	}
	return first
}

// full returns the path in the repository of a key of files.
func (e *expression) full(key string) string {
	if root, ok := strings.CutPrefix(key, "/"); ok {
		return root
	}
	if e.tracker.unit != "" {
		return e.tracker.unit + "/" + key
	}
	return key
}

// fileMap is the variable files: a map whose values are read when they are asked for.
type fileMap struct {
	e       *expression
	unknown metrics.Reason // why a content that was asked for is not known
	keys    []string
}

var _ traits.Mapper = (*fileMap)(nil)

// list returns the paths of all files of the unit, in order.
func (m *fileMap) list() []string {
	if m.e.listed {
		return m.keys
	}
	m.e.listed = true
	unit := m.e.tracker.unit
	for path := range m.e.tracker.Files() {
		if unit == "" {
			m.keys = append(m.keys, path)
		} else if rest, ok := strings.CutPrefix(path, unit+"/"); ok {
			m.keys = append(m.keys, rest)
		}
	}
	slices.Sort(m.keys)
	return m.keys
}

// Contains implements traits.Container.
func (m *fileMap) Contains(key ref.Val) ref.Val {
	text, ok := key.(types.String)
	if !ok {
		return types.False
	}
	path := m.e.full(string(text))
	m.e.looked[path] = struct{}{}
	return types.Bool(m.e.tracker.Oid(path) != "")
}

// Find implements traits.Mapper.
func (m *fileMap) Find(key ref.Val) (ref.Val, bool) {
	if m.Contains(key) != types.True {
		return nil, false
	}
	path := m.e.full(string(key.(types.String)))
	content, reason := m.e.tracker.content(m.e.tracker.Oid(path))
	if reason != "" {
		if m.unknown == "" {
			m.unknown = reason
		}
		return types.NewErr("content of %s: %s", path, reason), false
	}
	return types.String(strings.ToValidUTF8(content, "\uFFFD")), true
}

// Get implements traits.Indexer.
func (m *fileMap) Get(key ref.Val) ref.Val {
	value, ok := m.Find(key)
	if !ok && value == nil {
		return types.NewErr("no such key: %v", key)
	}
	return value
}

// Iterator implements traits.Iterable.
func (m *fileMap) Iterator() traits.Iterator {
	return types.NewStringList(types.DefaultTypeAdapter, m.list()).Iterator()
}

// Size implements traits.Sizer.
func (m *fileMap) Size() ref.Val { return types.Int(len(m.list())) }

// ConvertToNative implements ref.Val.
func (m *fileMap) ConvertToNative(t reflect.Type) (any, error) {
	return nil, errors.New("convert files to " + t.String())
}

// ConvertToType implements ref.Val.
func (m *fileMap) ConvertToType(t ref.Type) ref.Val {
	switch t {
	case types.MapType:
		return m
	case types.TypeType:
		return types.MapType
	}
	return types.NewErr("convert files to %s", t.TypeName())
}

// Equal implements ref.Val: files are equal to nothing.
func (m *fileMap) Equal(ref.Val) ref.Val { return types.False }

// Type implements ref.Val.
func (m *fileMap) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (m *fileMap) Value() any { return m }
