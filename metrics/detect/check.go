package detect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Problem is one thing that is wrong with a signal.
type Problem struct {
	Field   string // the configuration key; empty where it is about the signal as a whole
	Message string // what is wrong and what was expected
}

// Check says everything that is wrong with a signal: unknown kind, keys that the kind does not have,
// missing ones, bad globs, patterns, regular expressions, YAMLPaths, ranges, stages and expressions.
func Check(s metrics.Signal) []Problem {
	_, problems := examine(kindsByName(), s)
	return problems
}

// examine checks a signal and prepares its test.
func examine(kinds map[string]Kind, s metrics.Signal) (any, []Problem) {
	kind, ok := kinds[s.Kind]
	if !ok {
		return nil, problem("", "%q is no signal, expected one of %s", s.Kind, kindNames())
	}
	problems := append(checkKeys(kind, s), checkForms(kind, s)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return kind.compile(s)
}

// kindNames lists the names of all kinds for messages.
func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// checkKeys says which keys are set that the kind does not have, and which are missing.
func checkKeys(kind Kind, s metrics.Signal) (problems []Problem) {
	set := setKeys(s)
	var names []string
	for _, key := range kind.Keys {
		names = append(names, key.Name)
		if key.Required && !slices.Contains(set, key.Name) {
			problems = append(problems, problem("", "%s needs %s: %s", kind.Name, key.Name, key.Help)...)
		}
	}
	for _, name := range set {
		if !slices.Contains(names, name) {
			problems = append(problems, problem(name, "%s has no key %q, expected one of %s",
				kind.Name, name, strings.Join(names, ", "))...)
		}
	}
	has := func(name string) bool { return slices.Contains(set, name) }
	if len(kind.AnyOf) > 0 && !slices.ContainsFunc(kind.AnyOf, has) {
		problems = append(problems, problem("", "%s needs one of %s", kind.Name, strings.Join(kind.AnyOf, ", "))...)
	}
	return problems
}

// field is one key of a signal: its value and whether it is set.
type field struct {
	name string
	text string
	list []string
	set  bool
}

// fields lists all keys that a signal can have.
func fields(s metrics.Signal) []field {
	text := func(name, value string) field { return field{name: name, text: value, set: value != ""} }
	list := func(name string, value []string) field { return field{name: name, list: value, set: value != nil} }
	return []field{
		text("path", s.Path), text("file", s.File), text("regex", s.Regex), {name: "lines", set: s.Lines != 0},
		text("matches", s.Matches), {name: "equals", set: s.Equals != nil}, text("name", s.Name),
		text("value", s.Value), list("triggers", s.Triggers), text("runs", s.Runs),
		text("unless_uses", s.UnlessUses), text("target", s.Target), list("all_of", s.AllOf),
		text("project", s.Project), text("component", s.Component), text("remote", s.Remote),
		text("template", s.Template), text("local", s.Local), text("image", s.Image), text("stage", s.Stage),
		text("version", s.Version), text("expr", s.Expr),
	}
}

// setKeys lists the keys that are set.
func setKeys(s metrics.Signal) (names []string) {
	for _, f := range fields(s) {
		if f.set {
			names = append(names, f.name)
		}
	}
	return names
}

// checkForms checks what stands in the keys of the signal.
func checkForms(kind Kind, s metrics.Signal) (problems []Problem) {
	for _, f := range fields(s) {
		if i := slices.IndexFunc(kind.Keys, func(k Key) bool { return k.Name == f.name }); i >= 0 && f.set {
			problems = append(problems, checkForm(kind.Keys[i].Form, f, s)...)
		}
	}
	return problems
}

// checkForm checks what stands in one key.
func checkForm(form Form, f field, s metrics.Signal) []Problem {
	switch form {
	case FileGlob:
		return checkGlob(f.name, f.text)
	case Pattern:
		return checkPattern(f.name, f.text)
	case Patterns, Texts:
		return checkList(form, f)
	case Regex:
		if _, err := regexp.Compile(f.text); err != nil {
			return problem(f.name, "%q is no regular expression (RE2): %s", f.text,
				strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	case Range:
		return checkRange(f.name, f.text)
	case Number:
		if s.Lines < 0 {
			return problem(f.name, "%d is no number of lines, expected 1 or more", s.Lines)
		}
	case Stage:
		if f.text != "final" && f.text != "any" {
			return problem(f.name, "%q is no stage, expected final or any", f.text)
		}
	case YAMLPath:
		if _, err := parsePath(f.text); err != nil {
			return problem(f.name, "%q is no YAMLPath (%v), expected one such as $.spec.owner", f.text, err)
		}
	}
	return nil // texts need no check, expressions are checked when they are compiled
}

// checkList checks a list of patterns or texts.
func checkList(form Form, f field) (problems []Problem) {
	if len(f.list) == 0 {
		return problem(f.name, "the list is empty, expected at least one entry")
	}
	for _, text := range f.list {
		if text == "" {
			problems = append(problems, problem(f.name, "an entry is empty")...)
		} else if form == Patterns {
			problems = append(problems, checkPattern(f.name, text)...)
		}
	}
	return problems
}
