package collectors

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// Routine reports whether a commit's message has the title of a change that programs make by themselves: a
// version that was raised, files that were brought in line with others, a release, something generated. People
// make such changes, too; an account that does nothing else is taken for a program.
func Routine(message []byte) bool {
	line, _, _ := bytes.Cut(message[:min(len(message), maxTitle)], []byte{'\n'})
	title := strings.ToLower(string(line))
	if slices.ContainsFunc(machineMarks, func(mark string) bool { return strings.Contains(title, mark) }) {
		return true
	}
	title = strings.TrimLeftFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) // an emoji
	scope, title := conventional(title)
	if slices.Contains(machineScopes, scope) {
		return true
	}
	verb, rest := word(title)
	switch {
	case isVersion(verb):
		return rest == ""
	case verb == "release" || verb == "version":
		next, _ := word(rest)
		return isVersion(next) || next == "packages"
	case slices.Contains(raising, verb):
		return raises(rest)
	}
	return slices.ContainsFunc(machineBegins, func(begin string) bool { return strings.HasPrefix(title, begin) })
}

// maxTitle is how many bytes of a message are looked at.
const maxTitle = 200

var (
	// machineMarks stand anywhere in titles of programs.
	machineMarks = []string{"[bot]", "[automated]", "[pre-commit.ci]", "[snyk]", "[skip ci]", "[ci skip]"}

	// machineScopes are those of conventional commits by programs.
	machineScopes = []string{"deps", "deps-dev", "dependencies", "sync", "release"}

	// machineBegins are how titles of programs begin, after the type of a conventional commit.
	machineBegins = []string{
		"sync ", "synced ", "synchronize ", "synchronise ", "auto-update", "autoupdate", "automatic ", "automated ",
		"auto-generate", "regenerate ", "lock file maintenance", "pin dependencies", "configure renovate",
	}

	// raising are the verbs for a version that is raised.
	raising = []string{"bump", "update", "upgrade", "roll", "pin"}
)

// conventional splits type and scope off the title of a conventional commit: "chore(deps): bump x".
func conventional(title string) (scope, rest string) {
	kind, rest, found := strings.Cut(title, ": ")
	if !found || strings.Contains(kind, " ") {
		return "", title
	}
	_, scope, _ = strings.Cut(strings.TrimSuffix(kind, "!"), "(")
	return strings.TrimSuffix(scope, ")"), rest
}

// raises reports whether what follows the verb names what is raised, or to what: "x from 1 to 1.2", "dependency
// x to v2", "x digest to 1a2b3c4", "the go group with 3 updates", "x requirement from ^1 to ^2".
func raises(rest string) bool {
	words := strings.Fields(rest)
	for i, w := range words {
		switch {
		case w == "requirement" || w == "digest":
			return true
		case (w == "to" || w == "version") && i+1 < len(words) && isVersion(words[i+1]):
			return true
		case (w == "update" || w == "updates") && i > 1 && words[i-2] == "with":
			return true
		}
	}
	return false
}

// word cuts the first word off a line.
func word(line string) (first, rest string) {
	first, rest, _ = strings.Cut(strings.TrimSpace(line), " ")
	return first, strings.TrimSpace(rest)
}

// isVersion reports whether a word is a version or the short name of a commit: "1", "v1.2.3-rc.1", "1a2b3c4".
func isVersion(w string) bool {
	w = strings.Trim(w, "`'\"()^~=")
	if number := strings.TrimPrefix(w, "v"); number != "" && number[0] >= '0' && number[0] <= '9' {
		return true
	}
	return len(w) >= 7 && strings.Trim(w, "0123456789abcdef") == "" && strings.ContainsAny(w, "0123456789")
}
