package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// nearest returns the known name that was probably meant, or "" where none is near enough: one change for
// short names, one in three characters for longer ones. Case, hyphens and underscores do not count.
func nearest(name string, known []string) string {
	if len(name) > 100 {
		return ""
	}
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	best, least := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := levenshtein.Distance(plain(name), plain(k), nil); d < least {
			best, least = k, d
		}
	}
	return best
}

// expected ends a message about a name that is not known: with the one that was probably meant, and with
// all that are.
func expected(name string, known []string) string {
	list := "expected one of " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
	if len(known) == 1 {
		list = "expected " + known[0]
	}
	const most = 12 // more of them would hide what was meant
	near := nearest(name, known)
	switch {
	case near != "" && len(known) > most:
		return `did you mean "` + near + `"?`
	case near != "":
		return `did you mean "` + near + `"? (` + list + ")"
	default:
		return list
	}
}

// quote shows a text from the file in a message: on one line and not too long.
func quote(s string) string {
	const limit = 60
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	cut := limit
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
