// Package detect finds evidence in files: given the signals of an organisation's definitions and the blobs
// of a repository, it says what each signal finds, in which file, on which line, at which version.
//
// It is pure: blobs and what is known of the host arrive as values, there is no clock, network or disk. A
// Set holds compiled signals and remembers what each of them found in each blob, so that a template in a
// thousand repositories is parsed and judged once. A Tracker replays the changes of one unit and knows at
// each moment what every signal finds.
//
// Evidence is structural. Files are read with the parser of their format; a file that does not parse yields
// no evidence and a warning with its position. A file that could not be read yields Maybe with the reason,
// never No.
package detect

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Blobs gives the contents of files.
type Blobs interface {
	// Blob returns the content of a blob, or the reason why it is not there: missing_objects, too_large
	// or not_read.
	Blob(oid metrics.OID) (content string, reason metrics.Reason)
}

// Host is what is known of a repository besides its files. What nobody told is empty.
type Host struct {
	Name          string // host/owner/name
	Topics        []string
	Properties    map[string]string
	Languages     []string
	Archived      bool
	Fork          bool
	Template      bool
	TemplateOf    string // name of the template it was created from
	DefaultBranch string
}

// Set is the compiled signals of all definitions. It does not change after Compile, apart from caches that
// any number of goroutines may use at once.
type Set struct {
	signals []signal
	index   map[string]int
	tests   [graphs][]graphTest // of the signals that follow references between files
	blobs   *cache

	whole, rooted, relative pathCache // see interest
}

// signal is one compiled signal.
type signal struct {
	spec    metrics.Signal
	kind    Kind
	globs   []glob
	test    any // what the kind's compile returned
	ordinal int // position among the tests of its graph
}

// Compile prepares signals for judging. Equal signals share an index. It fails on the first signal that
// Check finds fault with.
func Compile(signals []metrics.Signal) (*Set, error) {
	set := &Set{index: map[string]int{}, blobs: newCache(cacheBytes)}
	kinds := kindsByName()
	for _, spec := range signals {
		key := signalKey(spec)
		if _, known := set.index[key]; known {
			continue
		}
		s, err := compileSignal(kinds, spec)
		if err != nil {
			return nil, err
		}
		if s.kind.how == byGraph {
			s.ordinal = len(set.tests[s.kind.graph])
			set.tests[s.kind.graph] = append(set.tests[s.kind.graph], s.test.(graphTest))
		}
		set.index[key] = len(set.signals)
		set.signals = append(set.signals, s)
	}
	return set, nil
}

// compileSignal prepares one signal.
func compileSignal(kinds map[string]Kind, spec metrics.Signal) (signal, error) {
	test, problems := examine(kinds, spec)
	if len(problems) > 0 {
		p := problems[0]
		where := strings.TrimSuffix(spec.Kind+" "+p.Field, " ")
		return signal{}, fmt.Errorf("compile signal %s: %s: %w", where, p.Message, metrics.ErrInvalid)
	}
	s := signal{spec: spec, kind: kinds[spec.Kind], test: test}
	for _, g := range s.kind.files(spec) {
		s.globs = append(s.globs, newGlob(g))
	}
	return s, nil
}

// Index returns the index of a signal in the set, by which trackers are asked.
func (s *Set) Index(sig metrics.Signal) (int, bool) {
	i, ok := s.index[signalKey(sig)]
	return i, ok
}

// Len returns the number of different signals in the set.
func (s *Set) Len() int { return len(s.signals) }

// signalKey returns a text that is the same for equal signals only.
func signalKey(sig metrics.Signal) string {
	b, err := json.Marshal(sig)
	if err != nil { // a struct of strings and numbers always marshals
		return fmt.Sprintf("%+v", sig)
	}
	return string(b)
}
