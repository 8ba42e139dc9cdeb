package starter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place says where a configuration is to lie.
type Place struct {
	Dir  string // its folder
	Home string // the user's folder, "" where there is none
}

// Proposal is a first configuration.
type Proposal struct {
	Golden string // the guessed golden path, in words
	Text   string // trodden.yaml
}

// option is a rule that can be golden or an alternative, and in how many clones it was found.
type option struct {
	key, title string
	rule       string // YAML
	provider   string // owner/name of the repository that provides it
	clones     int
}

// Propose writes down the paths that most clones already go.
func (s *Survey) Propose(at Place) Proposal {
	golden, others := s.ci()
	var b strings.Builder
	s.head(&b, at)
	fmt.Fprintf(&b, "\npaths:\n  # A guess: the pipeline that most of these clones use. Put yours in its place.\n")
	s.path(&b, "ci", "Pipeline", golden, others)
	if golden, others, ok := s.updates(); ok {
		fmt.Fprintf(&b, "\n  # What keeps dependencies up to date.\n")
		s.path(&b, "updates", "Dependency updates", golden, others)
	}
	b.WriteString(hints)
	return Proposal{Golden: fmt.Sprintf("%s (%d of %d clones)", golden.title, golden.clones, s.Looked), Text: b.String()}
}

// ci returns the most promising golden pipeline and the other ways that are there.
func (s *Survey) ci() (option, []option) {
	others := s.present(systems())
	if shared := s.shared(); len(shared) > 0 {
		golden := shared[0]
		own := s.own(golden)
		others = slices.DeleteFunc(others, func(o option) bool { return o.key == own.key || own.replaces == o.key })
		if own.clones > 0 {
			others = append([]option{own.option}, others...)
		}
		return golden, others
	}
	if len(others) == 0 {
		first := systems()[0]
		return option{key: first.key, title: first.title, rule: first.rule()}, nil
	}
	return others[0], others[1:]
}

// shared lists pipelines that clones take from another repository, the most used first. One clone alone
// shares nothing.
func (s *Survey) shared() []option {
	workflows := s.count(func(f finds) map[string]bool { return f.workflows })
	projects := s.count(func(f finds) map[string]bool { return f.projects })
	var list []option
	for _, c := range workflows {
		list = append(list, option{key: c.name, title: "reusable workflows of " + c.name, provider: c.name, clones: c.clones,
			rule: "{workflow_uses: " + quote(c.name+"/.github/workflows/*") + "}"})
	}
	for _, c := range projects {
		list = append(list, option{key: c.name, title: "GitLab pipelines of " + c.name, clones: c.clones,
			rule: "{gitlab_include: {project: " + quote(c.name) + "}}"})
	}
	if len(list) == 0 {
		list = s.ownActions()
	}
	slices.SortStableFunc(list, func(a, b option) int { return cmp.Compare(b.clones, a.clones) })
	return slices.DeleteFunc(list, func(o option) bool { return o.clones < 2 })
}

// ownActions lists actions that the clones' own organisations provide.
func (s *Survey) ownActions() []option {
	owners := map[string]bool{}
	for _, c := range s.Clones {
		if parts := strings.Split(c.Name, "/"); len(parts) == 3 {
			owners[parts[1]] = true
		}
	}
	var list []option
	for _, c := range s.count(func(f finds) map[string]bool { return f.actions }) {
		if owner, _, _ := strings.Cut(c.name, "/"); owners[owner] {
			list = append(list, option{key: c.name, title: "actions of " + c.name, provider: c.name, clones: c.clones,
				rule: "{action_uses: " + quote(c.name+"/**") + "}"})
		}
	}
	return list
}

// counted is a name and the number of clones in which it was found.
type counted struct {
	name   string
	clones int
}

// count counts names over the clones, the most frequent first. What a clone takes from itself is no sharing.
func (s *Survey) count(of func(finds) map[string]bool) []counted {
	clones := map[string]int{}
	for _, c := range s.Clones {
		for name := range of(c.finds) {
			if !strings.HasSuffix(c.Name, "/"+name) {
				clones[name]++
			}
		}
	}
	var list []counted
	for name, n := range clones {
		list = append(list, counted{name, n})
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.clones, a.clones), cmp.Compare(a.name, b.name))
	})
	return list
}

// present lists the ways that were found, the most frequent first.
func (s *Survey) present(ways []way) []option {
	var list []option
	for _, w := range ways {
		o := option{key: w.key, title: w.title, rule: w.rule()}
		for _, c := range s.Clones {
			if c.finds.ways[w.key] {
				o.clones++
			}
		}
		if o.clones > 0 {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(a, b option) int { return cmp.Compare(b.clones, a.clones) })
	return list
}

// rule writes the rule that finds the way.
func (w way) rule() string {
	if len(w.globs) == 1 {
		return "{file: " + quote(w.globs[0]) + "}"
	}
	var rules []string
	for _, glob := range w.globs {
		rules = append(rules, "{file: "+quote(glob)+"}")
	}
	return "{any: [" + strings.Join(rules, ", ") + "]}"
}

// ownWay is the way of those who have the golden pipeline's system, but write their own pipelines.
type ownWay struct {
	option
	replaces string // key of the system, which is then no way of its own
}

// own returns the way of the clones that have the same system as a shared golden pipeline and do not take
// it.
func (s *Survey) own(golden option) ownWay {
	gitlab := strings.HasPrefix(golden.rule, "{gitlab_include")
	w := ownWay{replaces: "github-actions", option: option{key: "own-workflows", title: "workflows of their own",
		rule: "{workflow: {unless_uses: " + quote(golden.provider+"/**") + "}}"}}
	if gitlab {
		w = ownWay{replaces: "gitlab-ci", option: option{key: "own-pipelines", title: "pipelines of their own",
			rule: "{all: [{file: .gitlab-ci.yml}, {not: " + golden.rule + "}]}"}}
	}
	for _, c := range s.Clones {
		takes := c.finds.workflows[golden.key] || c.finds.actions[golden.key] || c.finds.projects[golden.key]
		if c.finds.ways[w.replaces] && !takes {
			w.clones++
		}
	}
	return w
}

// updates returns the most frequent way to keep dependencies up to date and the others, if there is any.
func (s *Survey) updates() (golden option, others []option, ok bool) {
	list := s.present(updaters())
	if len(list) == 0 {
		return option{}, nil, false
	}
	return list[0], list[1:], true
}
