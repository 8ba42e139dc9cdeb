package main

import (
	"fmt"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// lacks notes which parts a source would not be shown, and reports whether that is not to be known beforehand.
func (p *program) lacks(s config.Source, got *sourceCheck) (untold bool) {
	if s.GitHub == nil {
		return false
	}
	scopes, told := p.scopes.of(s.Name)
	if told {
		got.lacks = githubLacks(s.GitHub, scopes)
	}
	return !told
}

// clones are those that reading the history of a source takes.
type clones struct {
	Repos int    `json:"repos"`
	Dir   string `json:"dir"`
	Limit int64  `json:"limit_bytes"` // of what all clones in the folder take
}

// historyOf returns how the history of a source is read, if it is.
func historyOf(s config.Source) (h config.History, wanted bool) {
	switch {
	case s.GitHub != nil:
		h = s.GitHub.History
	case s.GitLab != nil:
		h = s.GitLab.History
	}
	return h, h.Wanted
}

func clonesFor(h config.History, env config.Environment, repos int) (*clones, error) {
	dir, err := clonesDir(h, env)
	return &clones{Repos: repos, Dir: dir, Limit: h.Room()}, err
}

// more says what a scan would lack of a source, and what it would clone.
func (s sourceCheck) more() (lines []string) {
	for _, l := range s.lacks {
		lines = append(lines, fmt.Sprintf("not read: %s, which take %s", l.Part, l.Needs))
	}
	if s.untold && s.problem == "" {
		lines = append(lines, "what its token may do the host does not say: a scan warns of the parts that it does not show")
	}
	if s.clones != nil {
		lines = append(lines, fmt.Sprintf("history: %s cloned, without contents, into %s, which keeps at most %s; how large they are is not known before",
			count(s.clones.Repos, "repository is", "repositories are"), s.clones.Dir, roomOf(s.clones.Limit)))
	}
	return lines
}

// roomOf shows an amount of data as configurations have it.
func roomOf(bytes int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TB", 1e12}, {"GB", 1e9}} {
		if bytes >= unit.size && bytes%(unit.size/10) == 0 {
			return fmt.Sprintf("%g %s", float64(bytes)/float64(unit.size), unit.name)
		}
	}
	return fmt.Sprintf("%g MB", float64(bytes)/1e6)
}
