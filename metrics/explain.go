package metrics

import (
	"slices"
	"strconv"
	"strings"
)

// Explanation is what one unit's files showed for the signals of a path at a moment: the way from a figure
// to a file and a line.
type Explanation struct {
	Commit  OID // landed on the default branch; its tree was judged. Empty where there was none yet
	Signals []SignalFinding
	// Warnings are the files that a signal of the path looks at and that could not be understood: nothing was
	// found in them.
	Warnings []Warning
	Owners   []OwnerEvidence // where it stands who owns the unit
}

// OwnerEvidence is a place that says which team owns a unit. The configuration and portals are no files of the repository.
type OwnerEvidence struct {
	Source OwnerSource
	Team   TeamKey
	File   string // "" for the configuration
	Line   int    // counted from 1; 0: the file as a whole
	Text   string // the glob, the rule or the field
}

// SignalFinding is what one signal of a path found. Every signal of the path's rules has one, also where
// the rule was decided without it.
type SignalFinding struct {
	Path    PathKey
	Way     WayKey // whose rule the signal belongs to; "" for the rule that says who is eligible
	Negated bool   // it stands under an odd number of not
	Signal  Signal
	Finding
	Absence string // for No: what was looked for and not met, in words
}

// String returns the signal as it could stand in the configuration: "file: go.mod", or
// "content: {file: Makefile, regex: ^build:}".
func (s Signal) String() string {
	fields := s.fields()
	if len(fields) == 1 {
		if key, value, _ := strings.Cut(fields[0], ": "); slices.Contains(mainKeys(), key) {
			return s.Kind + ": " + value
		}
	}
	return s.Kind + ": {" + strings.Join(fields, ", ") + "}"
}

// String returns the rule in words and signals: "any of (file: go.mod; not file: Jenkinsfile)".
func (r *Rule) String() string {
	list := func(of string, rules []Rule) string {
		parts := make([]string, len(rules))
		for i := range rules {
			parts[i] = rules[i].String()
		}
		return of + " (" + strings.Join(parts, "; ") + ")"
	}
	switch {
	case r == nil:
		return ""
	case r.Signal != nil:
		return r.Signal.String()
	case r.Not != nil:
		return "not " + r.Not.String()
	case len(r.All) > 0:
		return list("all of", r.All)
	}
	return list("any of", r.Any)
}

// mainKeys lists the keys that a bare scalar stands for in the kinds that can do with one key.
func mainKeys() []string { return []string{"path", "target", "name", "project", "image", "expr"} }

// fields lists the keys that are set, each as "key: value".
func (s Signal) fields() []string {
	var list []string
	add := func(key, value string) {
		if value != "" {
			list = append(list, key+": "+value)
		}
	}
	add("path", s.Path)
	add("file", s.File)
	add("regex", s.Regex)
	if s.Lines != 0 {
		add("lines", strconv.Itoa(s.Lines))
	}
	add("matches", s.Matches)
	if s.Equals != nil {
		add("equals", strconv.Quote(*s.Equals))
	}
	add("name", s.Name)
	add("value", s.Value)
	add("triggers", listed(s.Triggers))
	add("runs", s.Runs)
	add("unless_uses", s.UnlessUses)
	add("target", s.Target)
	add("all_of", listed(s.AllOf))
	add("project", s.Project)
	add("component", s.Component)
	add("remote", s.Remote)
	add("template", s.Template)
	add("local", s.Local)
	add("image", s.Image)
	add("stage", s.Stage)
	add("version", s.Version)
	add("expr", s.Expr)
	return list
}

// listed writes a list as YAML does, or "" where it is empty.
func listed(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// String returns the truth's name in answers.
func (t Truth) String() string {
	switch t {
	case Yes:
		return "yes"
	case Maybe:
		return "unknown"
	default:
		return "no"
	}
}
