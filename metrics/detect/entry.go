package detect

import "github.com/trodden/trodden/metrics"

// entry is one named thing that a file declares: a dependency, a base image, an annotation.
type entry struct {
	names   []string // the ways in which it can be written, as declared first
	version string   // as declared
	value   string   // of an annotation or property
	line    int
	text    string
	inner   bool // an image that is not the base of the final stage
}

// entryTest is a compiled signal over entries.
type entryTest struct {
	name     pattern
	value    pattern
	versions versionRange
	inner    bool // inner entries count too
}

// match reports whether an entry is what the signal asks for.
func (t entryTest) match(e entry) bool {
	return (t.inner || !e.inner) && t.name.matchAny(e.names) && t.value.match(e.value) && t.versions.admits(e.version)
}

// compileEntry prepares a signal that has name, value and version.
func compileEntry(s metrics.Signal) (any, []Problem) {
	versions, err := newRange(s.Version)
	if err != nil { // checked before
		return nil, problem("version", "%v", err)
	}
	return entryTest{name: newPattern(s.Name), value: newPattern(s.Value), versions: versions}, nil
}

// judgeEntries returns the judge of kinds whose files declare entries.
func judgeEntries(read func(content string) ([]entry, []flaw)) judge {
	return func(content string, tests []any) ([][]hit, []flaw) {
		entries, flaws := read(content)
		found := make([][]hit, len(tests))
		for i, test := range tests {
			t := test.(entryTest)
			for _, e := range entries {
				if len(found[i]) < maxHits && t.match(e) {
					found[i] = addHit(found[i], hit{e.line, clip(e.text), clip(e.version)})
				}
			}
		}
		return found, flaws
	}
}

// skipEntries returns the skip of kinds whose files spell names out: a file without the longest word of the
// name, and without any of the escapes by which it could be written otherwise, declares it nowhere.
func skipEntries(escapes ...string) func(content string, test any) bool {
	return func(content string, test any) bool {
		return test.(entryTest).name.lacks(content, escapes...)
	}
}

// dependencyKeys are the keys of signals over dependencies.
func dependencyKeys(what string) []Key {
	return []Key{
		{"name", Pattern, true, "pattern of " + what},
		{"version", Range, false, "range in which the lowest version lies that is declared to do"},
	}
}
